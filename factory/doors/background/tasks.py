"""Tasks: read the arguments, call one function. Losing or doubling one changes nothing."""

from typing import Any

from celery import shared_task

from factory.doors.background import schedule
from factory.foundation import clock
from factory.orchestration import reconcile


@shared_task(name=schedule.RECONCILE_RUN, queue=schedule.QUEUE, acks_late=True)
def reconcile_run(*, run_id: str, **_newer: Any) -> None:
    reconcile.reconcile(run_id=run_id, now=clock.now())


@shared_task(name=schedule.SWEEP, queue=schedule.QUEUE, acks_late=True)
def sweep(**_newer: Any) -> None:
    reconcile.sweep(now=clock.now())
