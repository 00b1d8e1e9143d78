"""The verb of metering: write down what an instance used, once, when its end is certain."""

import datetime
import logging

from django.db import OperationalError, transaction

from factory.domain.metering.measuring import given_to, measure
from factory.domain.metering.models import InstanceUsage, OpenUsage
from factory.domain.metering.signals import tell_on_commit
from factory.domain.runs.models import Instance, RunNode
from factory.foundation.faults import fault_point

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 500


@transaction.atomic
def record_usage(*, instance_id: int, now: datetime.datetime) -> InstanceUsage | None:
    """Write what an instance used; None where it never ran, its end is not certain, or it was written before."""
    instance = Instance.objects.select_for_update(no_key=True).filter(pk=instance_id, metered=False).first()
    if instance is None or instance.started_at is None or not instance.end_is_certain:
        return None
    component = RunNode.objects.get(run_id=instance.run_id, name=instance.node).component
    ended_at, milliseconds, source = measure(
        started_at=instance.started_at, finished_at=instance.finished_at, seen_at=instance.seen_at
    )
    cpu_millis, memory_mib = given_to(instance, component)
    usage: InstanceUsage = InstanceUsage.objects.create(
        instance=instance,
        team_id=instance.run.team_id,
        pipeline_id=instance.run.version.pipeline_id,
        run_id=instance.run_id,
        node=instance.node,
        component=component,
        attempt=instance.attempt,
        started_at=instance.started_at,
        ended_at=ended_at,
        milliseconds=milliseconds,
        end_source=source.value,
        cpu_millis=cpu_millis,
        memory_mib=memory_mib,
        recorded_at=now,
    )
    OpenUsage.objects.create(usage=usage)
    Instance.objects.filter(pk=instance.pk).update(metered=True)
    tell_on_commit(usage_id=usage.pk)
    fault_point("before_usage_commit")
    return usage


def record_missed(*, now: datetime.datetime, most: int = MOST_AT_ONCE) -> int:
    """Write what a lost bell left unwritten, the oldest first, so many at most; returns how many were written."""
    waiting = Instance.objects.filter(
        metered=False, started_at__isnull=False, ended_at__isnull=False, engine_state__in=("exited", "absent")
    )
    written = 0
    for instance_id in list(waiting.order_by("pk").values_list("pk", flat=True)[:most]):
        try:
            written += record_usage(instance_id=instance_id, now=now) is not None
        except OperationalError:
            raise
        except Exception:
            # One that cannot be measured must not keep the others from it.
            logger.exception("instance %s cannot be metered; it is tried again", instance_id)
    return written
