import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.runs.models import Run
from factory.domain.runs.services import request_stop
from factory.drivers.driver import DriverUnavailable
from factory.orchestration import kept_logs
from factory.orchestration.kept_logs import MOST_ATTEMPTS, MOST_BYTES, kept_attempts, read_kept_log
from factory.orchestration.reconcile import reconcile
from tests.factory.orchestration.words import later
from tests.fakes.fake_driver import Act, FakeDriver


class _Writer(FakeDriver):
    """An engine whose instances have all written this."""

    text = ""

    def logs(self, name: str, *, tail: int) -> str:
        return "".join(self.text.splitlines(keepends=True)[-tail:])


@pytest.fixture
def writer(settings: Settings, tmp_path: Path) -> _Writer:
    settings.FACTORY_STATE = tmp_path
    return _Writer("test")


@pytest.mark.django_db(transaction=True)
def test_what_a_crashed_attempt_wrote_outlives_its_instance_and_its_run(
    world: FakeDriver, request_hello: Callable[..., Run], now: datetime.datetime
) -> None:
    world.act("overlay", Act(run_for=0.0, exit_code=3, logs="loading\nno font\n"))
    run = request_hello()
    for seconds in (0, 1, 60):
        reconcile(run_id=run.pk, now=later(now, seconds))
    request_stop(run_id=run.pk, now=later(now, 61))
    for seconds in (61, 62):
        reconcile(run_id=run.pk, now=later(now, seconds))
    assert world.list_owned(run.pk) == []
    assert kept_attempts(run_id=run.pk, node="caption")[:2] == [1, 2]
    kept = read_kept_log(f"pf-{run.pk}-caption-1")
    assert kept is not None
    assert (kept.text, kept.truncated) == ("loading\nno font\n", False)


def test_only_the_end_of_a_long_log_is_kept(writer: _Writer) -> None:
    writer.text = "".join(f"line {number}: é\n" for number in range(20_000))
    kept_logs.keep_log(writer, "pf-run-camera-1")
    kept = read_kept_log("pf-run-camera-1")
    assert kept is not None
    assert kept.truncated
    assert kept.text.endswith("line 19999: é\n")
    assert len(kept.text.encode()) <= MOST_BYTES


def test_a_second_look_at_an_instance_that_is_gone_does_not_empty_what_was_kept(writer: _Writer) -> None:
    writer.text = "last words\n"
    kept_logs.keep_log(writer, "pf-run-camera-1")
    writer.text = ""
    kept_logs.keep_log(writer, "pf-run-camera-1")
    kept = read_kept_log("pf-run-camera-1")
    assert kept is not None
    assert kept.text == "last words\n"


def test_each_node_keeps_its_newest_attempts_and_its_neighbour_keeps_its_own(writer: _Writer) -> None:
    kept_logs.keep_log(writer, "pf-run-camera-b-1")
    for attempt in range(1, MOST_ATTEMPTS + 4):
        kept_logs.keep_log(writer, f"pf-run-camera-{attempt}")
    assert kept_attempts(run_id="run", node="camera") == list(range(4, MOST_ATTEMPTS + 4))
    assert kept_attempts(run_id="run", node="camera-b") == [1]


def test_all_logs_together_are_bounded_and_the_oldest_go_first(
    writer: _Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_logs, "MOST_FILES", 3)
    for number in range(6):
        kept_logs.keep_log(writer, f"pf-run{number}-camera-1")
        os.utime(next(tmp_path.glob(f"*/pf-run{number}-*")), (number, number))
    assert {path.name for path in tmp_path.glob("*/*")} == {f"pf-run{number}-camera-1.log" for number in (3, 4, 5)}


def test_a_name_that_no_instance_can_have_is_kept_nowhere(writer: _Writer, tmp_path: Path) -> None:
    writer.text = "words\n"
    kept_logs.keep_log(writer, "../pf-run-camera-1")
    assert read_kept_log("../pf-run-camera-1") is None
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_does_not_answer_is_said_to_be_silent(writer: _Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(name: str, *, tail: int) -> str:
        raise DriverUnavailable("The engine does not answer")

    monkeypatch.setattr(writer, "logs", silent)
    with pytest.raises(DriverUnavailable):
        kept_logs.keep_log(writer, "pf-run-camera-1")


def test_a_full_disk_does_not_keep_an_instance_from_being_discarded(writer: _Writer, tmp_path: Path) -> None:
    (tmp_path / "logs-of-nodes").write_text("a file where the folder should be")
    kept_logs.keep_log(writer, "pf-run-camera-1")
    assert read_kept_log("pf-run-camera-2") is None
