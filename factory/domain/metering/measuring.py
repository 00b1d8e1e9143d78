"""From an instance's row to what it used: times in whole milliseconds, and what it was given."""

import datetime

from factory.domain.catalogue.components import UnknownComponent, component
from factory.domain.metering.models import EndSource
from factory.domain.runs.models import Instance

_MILLISECOND = datetime.timedelta(milliseconds=1)


def measure(
    *, started_at: datetime.datetime, finished_at: datetime.datetime | None, seen_at: datetime.datetime | None
) -> tuple[datetime.datetime, int, EndSource]:
    """When an instance that is over ended, how many whole milliseconds it ran, and who says so. Pure.

    The engine's own end counts. Where it has none, what was last seen alive does: at most one heartbeat less. An end
    before the start, which a clock that was set back makes, is taken for the start.
    """
    said = finished_at or seen_at or started_at
    source = EndSource.ENGINE if finished_at is not None else EndSource.LAST_SEEN
    ended_at = max(started_at, said)
    return ended_at, (ended_at - started_at) // _MILLISECOND, source


def given_to(instance: Instance, reference: str) -> tuple[int, int]:
    """Thousandths of a processor and MiB that an instance was given.

    One whose row was lost and made anew was given what its manifest says; where that is gone too, nothing is known
    of it, and nothing is charged for it.
    """
    if instance.cpu_millis is not None and instance.memory_mib is not None:
        return instance.cpu_millis, instance.memory_mib
    try:
        resources = component(reference, instance.run.team).manifest.resources
    except UnknownComponent:
        return 0, 0
    return round(resources.cpus * 1000), resources.memory_mib
