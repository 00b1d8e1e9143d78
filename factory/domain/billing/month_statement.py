"""What the current month costs a team so far: what was charged, and what ran or runs and was not charged yet."""

import dataclasses
import datetime

from factory.domain.billing.calendar import day_of
from factory.domain.billing.money import Micros
from factory.domain.billing.open_costs import MOST_OPEN, open_costs
from factory.domain.billing.periods import Period, Preset, period_of
from factory.domain.billing.statements import Sums, UsageFilter, totals


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
    costs = open_costs(team_id=team_id, now=now, most=most)
    looked_at = costs[:most]
    running = [cost for cost in looked_at if cost.is_running]
    return MonthStatement(
        period=period,
        settled=totals(UsageFilter(team_id, period)),
        ended=sum(cost.micros for cost in looked_at if not cost.is_running),
        running=sum(cost.micros for cost in running),
        instances=len(running),
        per_hour=sum(cost.per_hour for cost in running),
        is_cut=len(costs) > most,
    )
