"""Wakes a worker when a run changed or an upload waits. Tasks are named by name, so that Django may load it first."""

import logging
from typing import Any

from celery import current_app, signals
from django.conf import settings

from factory.domain.catalogue.signals import installation_waiting
from factory.domain.runs.signals import run_changed
from factory.doors.background import schedule, task_lines

log = logging.getLogger(__name__)


def listen() -> None:
    """Hear of runs that changed, of uploads that wait, and of tasks that begin and end."""
    installation_waiting.connect(wake_installer, dispatch_uid="factory.doors.background.wake_installer")
    run_changed.connect(wake_worker, dispatch_uid="factory.doors.background.wake_worker")
    signals.setup_logging.connect(task_lines.keep_our_logging, weak=False)
    signals.task_prerun.connect(task_lines.begin_task, weak=False)
    signals.task_postrun.connect(task_lines.end_task, weak=False)


def wake_worker(*, run_id: str, **_newer: Any) -> None:
    """Ask any worker to look at this run; without a broker the sweep does."""
    _wake(schedule.RECONCILE_RUN, f"run {run_id}", run_id=run_id)


def wake_installer(*, installation_id: str, **_newer: Any) -> None:
    """Ask any worker to take an upload in; without a broker the sweep does."""
    _wake(schedule.INSTALL, f"installation {installation_id}", installation_id=installation_id)


def _wake(task: str, what: str, **arguments: str) -> None:
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task(task, kwargs=arguments, queue=schedule.QUEUE, expires=schedule.BELL_SECONDS, retry=False)
    except Exception as error:  # whoever changed it has done so; nothing here may undo it
        log.warning("Nobody was woken for %s (%s); the sweep will find it", what, error)
