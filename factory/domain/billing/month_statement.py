"""What the current month costs a team so far: what was charged, and what ran or runs and was not charged yet."""

import dataclasses
import datetime

from django.db.models import Q

from factory.domain.billing.calendar import day_of
from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.periods import Period, Preset, period_of
from factory.domain.billing.price_book import PriceBook
from factory.domain.billing.statements import Sums, UsageFilter, totals
from factory.domain.metering.measuring import given_to, measure
from factory.domain.runs.models import Instance, RunNode

MOST_OPEN = 2000
"""Instances that a page adds up itself; with more of them its estimate is too low, and says so."""


@dataclasses.dataclass(frozen=True)
class MonthStatement:
    """The month until now.

    Attributes:
        period: its days so far.
        settled: what is charged.
        ended: what ended and is about to be charged.
        running: what runs would cost if it ended now; an instance counts in the month in which it ends.
        instances: how many run.
        per_hour: what those cost an hour together.
        is_cut: more run than were looked at.
    """

    period: Period
    settled: Sums
    ended: Micros
    running: Micros
    instances: int
    per_hour: Micros
    is_cut: bool

    @property
    def estimated(self) -> Micros:
        """What is not charged yet."""
        return self.ended + self.running

    @property
    def total(self) -> Micros:
        """All of it, of which `estimated` is an estimate."""
        return self.settled.micros + self.estimated


def month_statement(*, team_id: int, now: datetime.datetime, most: int = MOST_OPEN) -> MonthStatement:
    """The team's month (UTC) so far."""
    period = period_of(preset=Preset.THIS_MONTH, today=day_of(now))
    is_open = Q(metered=False) | Q(usage__open__isnull=False)
    rows = Instance.objects.filter(is_open, run__team_id=team_id, started_at__isnull=False)
    instances = list(rows.select_related("run__team").order_by("pk")[: most + 1])
    components = _components(instances[:most])
    book, ended, running, count, per_hour = PriceBook(), 0, 0, 0, 0
    for instance in instances[:most]:
        started_at = instance.started_at or now
        component = components.get((instance.run_id, instance.node), "")
        rate = book.rate_of(component, *given_to(instance, component), started_at)
        if instance.ended_at is None:
            _, milliseconds, _ = measure(started_at=started_at, finished_at=now, seen_at=None)
            running, count, per_hour = running + amount_of(milliseconds, rate), count + 1, per_hour + rate
        else:
            _, milliseconds, _ = measure(
                started_at=started_at, finished_at=instance.finished_at, seen_at=instance.seen_at
            )
            ended += amount_of(milliseconds, rate)
    settled = totals(UsageFilter(team_id, period))
    return MonthStatement(period, settled, ended, running, count, per_hour, len(instances) > most)


def _components(instances: list[Instance]) -> dict[tuple[str, str], str]:
    runs = {instance.run_id for instance in instances}
    rows = RunNode.objects.filter(run__in=runs).values_list("run_id", "name", "component")
    return {(run, name): component for run, name, component in rows}
