"""Ends runs whose host is not heard of any more, since only there its instances are seen."""

import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from factory.domain.runs.models import Instance, Run
from factory.domain.runs.selectors import OVER
from factory.domain.runs.signals import tell_of_end_on_commit
from factory.domain.runs.states import RunState

LOST_AFTER = datetime.timedelta(minutes=10)
"""So long after its deadline, and after anybody saw one of its instances alive, a run of another host is lost."""
REASON = "its host was not heard of any more; what ran there is counted until it was last seen"


def end_lost_runs(*, host: str, now: datetime.datetime, most: int = 100) -> list[str]:
    """End the lost runs of all other hosts as failed, so many at most; returns which.

    Its instances are taken for gone. Should the host come back, they are ended there, and count no further.
    """
    lost = list(_lost(host, now).order_by("pk").values_list("pk", flat=True)[:most])
    return [run_id for run_id in lost if _end(run_id, host, now)]


def _lost(host: str, now: datetime.datetime) -> QuerySet[Run]:
    quiet_since = now - LOST_AFTER
    seen = Instance.objects.filter(run=OuterRef("pk"), seen_at__gte=quiet_since)
    runs: QuerySet[Run] = Run.objects.exclude(state__in=OVER).exclude(host=host).filter(deadline__lt=quiet_since)
    return runs.exclude(lease_until__gte=quiet_since).exclude(Exists(seen))


@transaction.atomic
def _end(run_id: str, host: str, now: datetime.datetime) -> bool:
    run = Run.objects.select_for_update(no_key=True).get(pk=run_id)
    if not _lost(host, now).filter(pk=run_id).exists():
        return False
    # Whoever had its lease loses it: the epoch fences.
    Run.objects.filter(pk=run_id).update(wanted=False, epoch=F("epoch") + 1, lease_owner="", lease_until=None)
    for instance in Instance.objects.filter(run=run, ended_at=None):
        instance.engine_state = "absent"
        if instance.started_at is not None:
            instance.ended_at, instance.end_reason = now, REASON
            tell_of_end_on_commit(instance_id=instance.pk)
        instance.save(update_fields=["engine_state", "ended_at", "end_reason"])
    return run.move_to(RunState.FAILED, now=now, reason=REASON)
