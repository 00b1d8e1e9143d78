"""What a run costs an hour with all its nodes, and that it is paid for before it starts and while it goes on."""

import collections
import datetime

from factory.domain.billing.money import Micros
from factory.domain.billing.prices import rate_of
from factory.domain.billing.reservations import is_due, release_run
from factory.domain.billing.settling import keep_paid
from factory.domain.catalogue.components import component
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.selectors import graph_of
from factory.domain.runs.models import Run
from factory.orchestration.lease import Lease


def rate_of_version(*, version: Version, now: datetime.datetime) -> Micros:
    """What one instance of each node costs an hour at the prices of now.

    Raises:
        UnknownComponent: a component of it is not there any more.
    """
    total = 0
    counts = collections.Counter(node.component for node in graph_of(version).nodes.values())
    for reference, count in counts.items():
        resources = component(reference, version.pipeline.team).manifest.resources
        total += count * rate_of(reference, cpu_millis_of(resources.cpus), resources.memory_mib, now)
    return total


def cpu_millis_of(cpus: float) -> int:
    """Thousandths of a processor, as usage has them."""
    return round(cpus * 1000)


def keep_run_paid(run: Run, lease: Lease, now: datetime.datetime) -> None:
    """Set the next quantum aside where that is due; a run that has no credit left is wanted no more."""
    if run.wanted and not run.run_state.is_over and is_due(run.paid_until, now):
        with lease.writing(now=now):
            keep_paid(run_id=run.pk, now=now)
            run.refresh_from_db(fields=["paid_until", "wanted", "stop_reason"])


def settle_run(run: Run, lease: Lease, now: datetime.datetime) -> None:
    """Give back what a run that is over did not use; what is not charged yet, a sweep settles."""
    with lease.writing(now=now):
        release_run(run_id=run.pk, now=now)
