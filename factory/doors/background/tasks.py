"""Tasks: read the arguments, call one function. Losing or doubling one changes nothing."""

from typing import Any

from celery import shared_task

from factory.doors.background import schedule
from factory.foundation import clock
from factory.foundation.errors import TemporaryError, UserError
from factory.orchestration import reconcile

EXPECTED = (TemporaryError, UserError)
"""Told in one line: an engine that is away, a run that is gone. The next sweep looks again."""


@shared_task(name=schedule.RECONCILE_RUN, acks_late=True, throws=EXPECTED)
def reconcile_run(*, run_id: str, **_newer: Any) -> None:
    reconcile.reconcile(run_id=run_id, now=clock.now())


@shared_task(name=schedule.SWEEP, acks_late=True, throws=EXPECTED)
def sweep(**_newer: Any) -> None:
    reconcile.sweep(now=clock.now())
