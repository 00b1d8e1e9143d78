import datetime

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from factory.domain.runs.models import IllegalTransition, Run, StateChange
from factory.domain.runs.signals import run_changed
from factory.domain.runs.states import TRANSITIONS, RunState


def test_a_move_is_kept_with_its_reason_and_its_history(run: Run, now: datetime.datetime) -> None:
    assert run.move_to(RunState.STARTING, now=now)
    assert run.move_to(RunState.FAILED, now=now, reason="camera: no light")

    run.refresh_from_db()
    assert (run.state, run.reason, run.stopped_at) == (RunState.FAILED, "camera: no light", now)
    assert [(change.old, change.new) for change in run.changes.filter(node="")] == [
        ("", "waiting"),
        ("waiting", "starting"),
        ("starting", "failed"),
    ]


def test_whoever_comes_second_changes_nothing(run: Run, now: datetime.datetime) -> None:
    same = Run.objects.get(pk=run.pk)
    run.move_to(RunState.STARTING, now=now)

    assert same.move_to(RunState.STOPPED, now=now) is False

    same.refresh_from_db()
    assert same.state == RunState.STARTING
    assert StateChange.objects.filter(run=run, new="stopped").count() == 0


@pytest.mark.parametrize("old", RunState)
@pytest.mark.parametrize("new", RunState)
def test_it_moves_only_as_the_table_says(run: Run, now: datetime.datetime, old: RunState, new: RunState) -> None:
    Run.objects.filter(pk=run.pk).update(state=old)
    run.refresh_from_db()

    if new is old:
        assert run.move_to(new, now=now) is False
    elif new in TRANSITIONS[old]:
        assert run.move_to(new, now=now) is True
    else:
        with pytest.raises(IllegalTransition, match=r"docs/states\.md"):
            run.move_to(new, now=now)
    assert Run.objects.get(pk=run.pk).state == (new if new in TRANSITIONS[old] else old)


def test_staying_keeps_the_reason_up_to_date_and_writes_no_history(run: Run, now: datetime.datetime) -> None:
    before = run.changes.count()

    assert run.move_to(RunState.WAITING, now=now, reason="the engine is away") is False

    assert Run.objects.get(pk=run.pk).reason == "the engine is away"
    assert run.changes.count() == before


def test_a_move_rings_once_it_is_kept(
    run: Run, now: datetime.datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rung: list[str] = []

    def hear(*, run_id: str, **_: object) -> None:
        rung.append(run_id)

    run_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run.move_to(RunState.STARTING, now=now)
            assert rung == []
    finally:
        run_changed.disconnect(hear)
    assert rung == [run.pk]
