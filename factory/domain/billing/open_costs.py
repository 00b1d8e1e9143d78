"""What containers cost that are not charged yet: those that run, and those that ended a moment ago. Estimates."""

import dataclasses
import datetime
from collections.abc import Iterable

from django.db.models import Q

from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.price_book import PriceBook
from factory.domain.metering.measuring import given_to, measure
from factory.domain.runs.models import Instance, RunNode

MOST_OPEN = 2000
"""Instances that a page adds up itself; with more of them its estimate is too low, and says so."""


@dataclasses.dataclass(frozen=True)
class OpenCost:
    """One instance that was not charged yet.

    Attributes:
        pipeline: its slug.
        name: the pipeline's, for people.
        micros: what it costs so far.
        per_hour: what an hour of it costs.
    """

    run: str
    pipeline: str
    name: str
    started_at: datetime.datetime
    micros: Micros
    per_hour: Micros
    is_running: bool


@dataclasses.dataclass(frozen=True)
class OpenRun:
    """A run with containers that run now.

    Attributes:
        since: when the first of them started.
        instances: how many run.
    """

    run: str
    pipeline: str
    name: str
    since: datetime.datetime
    instances: int
    micros: Micros
    per_hour: Micros


def open_costs(*, team_id: int, now: datetime.datetime, most: int = MOST_OPEN) -> list[OpenCost]:
    """At most so many and one, by age: who gets one too many knows that there are more."""
    is_open = Q(metered=False) | Q(usage__open__isnull=False)
    rows = Instance.objects.filter(is_open, run__team_id=team_id, started_at__isnull=False)
    # Pricing asks whose the run is.
    instances = list(rows.select_related("run__team", "run__version__pipeline").order_by("pk")[: most + 1])
    components, book = _components(instances), PriceBook()
    return [_cost(instance, components.get((instance.run_id, instance.node), ""), book, now) for instance in instances]


def running_runs(costs: Iterable[OpenCost]) -> list[OpenRun]:
    """What runs, a run a row, the one that runs longest first."""
    running: dict[str, list[OpenCost]] = {}
    for cost in costs:
        if cost.is_running:
            running.setdefault(cost.run, []).append(cost)
    found = [
        OpenRun(
            run=run,
            pipeline=each[0].pipeline,
            name=each[0].name,
            since=min(cost.started_at for cost in each),
            instances=len(each),
            micros=sum(cost.micros for cost in each),
            per_hour=sum(cost.per_hour for cost in each),
        )
        for run, each in running.items()
    ]
    return sorted(found, key=lambda each: (each.since, each.run))


def _cost(instance: Instance, component: str, book: PriceBook, now: datetime.datetime) -> OpenCost:
    started_at, is_running = instance.started_at or now, instance.ended_at is None
    finished_at, seen_at = (now, None) if is_running else (instance.finished_at, instance.seen_at)
    _, milliseconds, _ = measure(started_at=started_at, finished_at=finished_at, seen_at=seen_at)
    per_hour = book.rate_of(component, *given_to(instance, component), started_at)
    pipeline = instance.run.version.pipeline
    micros = amount_of(milliseconds, per_hour)
    return OpenCost(instance.run_id, pipeline.slug, pipeline.name, started_at, micros, per_hour, is_running)


def _components(instances: list[Instance]) -> dict[tuple[str, str], str]:
    runs = {instance.run_id for instance in instances}
    rows = RunNode.objects.filter(run__in=runs).values_list("run_id", "name", "component")
    return {(run, name): component for run, name, component in rows}
