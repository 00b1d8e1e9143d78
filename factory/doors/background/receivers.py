"""Wakes a worker when a run changed. Names its task by its name alone, so that Django may load it first."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings

from factory.domain.runs.signals import run_changed
from factory.doors.background import schedule

log = logging.getLogger(__name__)


def listen() -> None:
    """Hear of runs that changed."""
    run_changed.connect(wake_worker, dispatch_uid="factory.doors.background.wake_worker")


def wake_worker(*, run_id: str, **_newer: Any) -> None:
    """Ask any worker to look at this run; without a broker the sweep does."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task(
            schedule.RECONCILE_RUN,
            kwargs={"run_id": run_id},
            queue=schedule.QUEUE,
            expires=schedule.BELL_SECONDS,
            retry=False,
        )
    except Exception as error:  # whoever changed the run has done so; nothing here may undo it
        log.warning("Nobody was woken for run %s (%s); the sweep will find it", run_id, error)
