"""What the worker leaves behind for who watches it."""

from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.answers.models import KeptAnswer
from factory.domain.answers.services import KEPT_FOR
from factory.doors.background import tasks
from factory.foundation import clock
from factory.orchestration import reconcile, signs_of_life
from factory.orchestration.signs_of_life import Sign
from tests.factory.doors.monitoring.redis_server import running_redis

pytestmark = pytest.mark.django_db


def test_the_worker_says_that_it_lives_and_how_long_it_took(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "sweep", lambda **_: None)
    monkeypatch.setattr(reconcile, "reconcile", lambda **_: None)
    folder: Path = tmp_path_factory.mktemp("r")
    with running_redis(folder) as settings.REDIS_URL:
        before = signs_of_life.was_seen(Sign.WORKER)
        tasks.sweep()
        tasks.reconcile_run(run_id="abc")

        assert (before, signs_of_life.was_seen(Sign.WORKER)) == (False, True)
        assert signs_of_life.durations()[0]["+Inf"] == 1


def test_without_redis_nothing_is_said_and_nothing_fails(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    signs_of_life.show(Sign.WORKER)
    signs_of_life.keep_duration(1.0)

    assert not signs_of_life.was_seen(Sign.WORKER)
    assert signs_of_life.durations() == (dict.fromkeys([*map(str, signs_of_life.BOUNDS_SECONDS), "+Inf"], 0), 0.0)


def test_old_answers_are_forgotten() -> None:
    old = {"caller": "c", "fingerprint": "f", "turn": "t", "began_at": clock.now() - KEPT_FOR * 2}
    KeptAnswer.objects.create(identity="old", **old)
    KeptAnswer.objects.create(identity="new", **{**old, "began_at": clock.now()})

    tasks.forget()

    assert [row.identity for row in KeptAnswer.objects.all()] == ["new"]
