import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from components.contract.node_states import NodeState
from factory.domain.runs.models import Instance, Run, RunNode
from factory.domain.runs.services import request_stop
from factory.domain.runs.states import RunState, StopCause
from factory.drivers.driver import DriverUnavailable
from factory.orchestration.carry_out import start_instance
from factory.orchestration.desired_world import desired_run
from factory.orchestration.plan import Discard, Stop
from factory.orchestration.reconcile import reconcile, sweep
from tests.factory.orchestration.words import later, say, say_all_ready
from tests.fakes.fake_driver import Act, FakeDriver

pytestmark = pytest.mark.django_db(transaction=True)

RequestRun = Callable[..., Run]


def test_a_node_that_has_finished_is_not_started_again_and_a_finished_run_stops(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("*", Act(run_for=0.0, exit_code=0))
    run = request_hello()

    reconcile(run_id=run.pk, now=now)
    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STOPPED, "every node has finished")
    assert len(world.starts) == 3
    assert world.list_owned(run.pk) == []


def test_a_stop_ends_everything_and_leaves_nothing_behind(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime, settings: Settings
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    say_all_ready(run, now)

    request_stop(run_id=run.pk, now=now, reason="alice pressed stop")
    outcome = reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert [type(action) for action in outcome.actions] == [Stop] * 3 + [Discard] * 3
    assert (run.state, run.reason) == (RunState.STOPPED, "alice pressed stop")
    assert run.stopped_at is not None
    assert world.list_owned(run.pk) == []
    rows = list(Instance.objects.filter(run=run))
    assert all(row.finished_at is not None and row.exit_code == 0 for row in rows)
    assert {row.stop_cause for row in rows} == {"unwanted"}
    assert list(Path(settings.FACTORY_SOCKETS).iterdir()) == []


def test_a_stop_before_the_first_look_starts_nothing(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    request_stop(run_id=run.pk, now=now)

    reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert world.starts == []


def test_a_crash_that_nobody_mended_before_the_stop_fails_the_run(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("recorder", Act(run_for=0.0, exit_code=1, logs="disk full\n"))
    run = request_hello()
    reconcile(run_id=run.pk, now=now)

    request_stop(run_id=run.pk, now=later(now, 1))
    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "disk full" in run.reason


def test_a_node_that_fails_while_it_drains_fails_the_run(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    say_all_ready(run, now)
    request_stop(run_id=run.pk, now=now)
    say(run, "file", NodeState.DRAINING, now)
    say(run, "file", NodeState.FAILED, now, reason="OSError: no space left")

    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.FAILED, "file: OSError: no space left")
    assert Instance.objects.get(run=run, node="file").stop_cause == StopCause.UNWANTED
    assert world.list_owned(run.pk) == []


@pytest.mark.parametrize(
    ("cause", "was_ready", "exit_code", "said", "broken"),
    [
        (StopCause.UNWANTED, True, 0, NodeState.DRAINING, False),
        (StopCause.UNWANTED, True, 1, NodeState.DRAINING, True),
        (StopCause.UNWANTED, True, 137, NodeState.READY, True),
        (StopCause.UNWANTED, True, 0, NodeState.FAILED, True),
        (StopCause.UNWANTED, False, 143, NodeState.STARTING, False),
        (StopCause.DUPLICATE, True, 137, NodeState.READY, False),
    ],
)
def test_a_node_is_broken_by_a_bad_end_of_its_drain_alone(
    now: datetime.datetime, cause: StopCause, was_ready: bool, exit_code: int, said: NodeState, broken: bool
) -> None:
    ready_at = now if was_ready else None
    ended = Instance(engine_state="exited", ready_at=ready_at, ended_at=now, exit_code=exit_code, stop_cause=cause)
    ended.end_reason = f"it ended with exit code {exit_code}"

    view = RunNode(name="file", state=said).view(ended)

    assert (view.broken, view.finished, view.alive) == (broken, False, False)
    assert view.explained == f"file: it ended with exit code {exit_code}"


def test_a_passed_deadline_ends_the_run(world: FakeDriver, request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello(seconds=60)
    reconcile(run_id=run.pk, now=now)

    reconcile(run_id=run.pk, now=later(now, 60))

    run.refresh_from_db()
    assert (run.state, run.reason, run.wanted) == (RunState.STOPPED, "its time is over", False)
    assert world.list_owned(run.pk) == []


def test_a_silent_engine_is_said_and_changes_nothing(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    world.fall_silent(3600)

    with pytest.raises(DriverUnavailable):
        reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert (run.state, run.lease_owner) == (RunState.WAITING, "")
    assert "does not answer" in run.reason
    world.fall_silent(-1)
    assert reconcile(run_id=run.pk, now=later(now, 1)).settled
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STARTING, "")


def test_a_component_that_is_gone_fails_its_runs(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime, settings: Settings, tmp_path: Path
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    settings.FACTORY_COMPONENTS = tmp_path / "no components"

    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "test_source@1.0.0" in run.reason
    assert world.list_owned(run.pk) == []


def test_a_sweep_finds_what_a_lost_bell_missed(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()

    assert sweep(now=now) == [run.pk]

    assert len(world.starts) == 3


def test_a_sweep_ends_what_is_left_of_runs_that_are_over_or_unknown(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run, other = request_hello(), request_hello()
    lost = desired_run(run_id=other.pk)
    request_stop(run_id=run.pk, now=now)
    reconcile(run_id=run.pk, now=now)
    desired = desired_run(run_id=run.pk)
    Run.objects.filter(pk=other.pk).delete()
    for late in (desired, lost):
        start_instance(late, late.nodes["camera"], 7, driver=world, epoch=1)

    sweep(now=later(now, 1))
    sweep(now=later(now, 2))

    assert world.list_owned() == []


def test_a_run_of_another_host_is_left_alone(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    Run.objects.filter(pk=run.pk).update(host="elsewhere")

    assert not reconcile(run_id=run.pk, now=now).worked
    assert sweep(now=now) == []
    assert world.starts == []


def test_every_kind_of_outcome_frees_the_run(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()

    reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert (run.lease_owner, run.lease_until, run.dirty) == ("", None, False)
