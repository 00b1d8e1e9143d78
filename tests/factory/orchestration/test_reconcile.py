import datetime
from collections.abc import Callable

import pytest
from pytest_django import Settings

from components.contract.node_states import NodeState
from factory.domain.runs.models import Instance, Run, RunNode
from factory.domain.runs.services import change_parameters
from factory.domain.runs.states import RunState, StopCause
from factory.drivers.driver import EngineState, Labels
from factory.orchestration.carry_out import start_instance
from factory.orchestration.desired_world import desired_run, socket_directory
from factory.orchestration.plan import Start
from factory.orchestration.reconcile import reconcile
from tests.factory.hello import NODES
from tests.factory.orchestration.words import later, say, say_all_ready, wait_for_end
from tests.fakes.fake_driver import Act, FakeDriver

pytestmark = pytest.mark.django_db(transaction=True)

RequestRun = Callable[..., Run]


def test_it_starts_every_node_once_and_shows_the_run_as_starting(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()

    outcome = reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert outcome.settled
    assert outcome.actions == tuple(Start(node, 1) for node in NODES)
    assert sorted(world.starts) == [f"pf-{run.pk}-{node}-1" for node in NODES]
    assert run.state == RunState.STARTING
    rows = Instance.objects.filter(run=run)
    assert {row.engine_state for row in rows} == {"running"}
    assert all(row.started_at == world.inspect(row.name).started_at for row in rows)
    assert all(socket_directory(row.name).is_dir() for row in rows)


def test_a_second_look_does_nothing(world: FakeDriver, request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)

    outcome = reconcile(run_id=run.pk, now=later(now, 1))

    assert outcome.settled
    assert outcome.actions == ()


def test_instances_carry_what_the_manifest_asks_for(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime, settings: Settings
) -> None:
    run = request_hello(seconds=60)

    reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    labels = world.inspect(f"pf-{run.pk}-file-1").labels
    deadline = int(run.deadline.timestamp()) + 1
    assert labels == Labels(settings.FACTORY_INSTALL, "alice", run.pk, "file", 1, run.epoch, deadline)


def test_a_run_is_ready_when_every_node_says_so(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)

    say_all_ready(run, now)

    run.refresh_from_db()
    assert run.state == RunState.READY
    assert [change.new for change in run.changes.filter(node="")] == ["waiting", "starting", "ready"]


def test_a_killed_node_is_started_again_at_once_and_its_end_is_kept(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("recorder", Act(kill_after=0.3, oom=True, logs="writing\nout of memory\n"))
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    world.act("recorder", Act())
    wait_for_end(world, f"pf-{run.pk}-file-1")

    reconcile(run_id=run.pk, now=later(now, 1))

    first = Instance.objects.get(run=run, node="file", attempt=1)
    assert (first.exit_code, first.out_of_memory, first.engine_state) == (137, True, "absent")
    assert first.finished_at is not None
    assert "out of memory" in first.end_reason
    alive = [seen.name for seen in world.list_owned(run.pk) if seen.state is EngineState.RUNNING]
    assert f"pf-{run.pk}-file-2" in alive
    assert RunNode.objects.get(run=run, name="file").attempt == 2


def test_a_run_that_was_ready_is_degraded_while_a_node_starts_again(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    say_all_ready(run, now)
    world.stop(f"pf-{run.pk}-file-1", grace_seconds=0)
    Instance.objects.filter(run=run, node="file").update(stop_cause=StopCause.NOT_READY)

    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert run.state == RunState.DEGRADED
    assert "file" in run.reason
    say(run, "file", NodeState.READY, later(now, 2), attempt=2)
    run.refresh_from_db()
    assert run.state == RunState.READY


def test_one_that_keeps_failing_is_given_up_and_fails_its_run_with_its_last_words(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("recorder", Act(run_for=0.0, exit_code=3, logs="no such codec\n"))
    run = request_hello()

    for minute in range(6):
        reconcile(run_id=run.pk, now=later(now, 60 * minute))

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.reason.startswith("file: it failed 5 times in a row")
    assert "no such codec" in run.reason
    assert len([name for name in world.starts if "-file-" in name]) == 5
    assert world.list_owned(run.pk) == []


def test_exit_code_64_gives_up_at_once(world: FakeDriver, request_hello: RequestRun, now: datetime.datetime) -> None:
    world.act("overlay", Act(run_for=0.0, exit_code=64, logs="image is no PNG\n"))
    run = request_hello()

    reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "image is no PNG" in run.reason
    assert world.list_owned(run.pk) == []


def test_a_refused_start_gives_up_at_once_and_ends_the_others(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("overlay", Act(start_refused="The image is missing; run `make images`"))
    run = request_hello()

    reconcile(run_id=run.pk, now=now)
    reconcile(run_id=run.pk, now=later(now, 1))

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.reason == "caption: The image is missing; run `make images`"
    assert world.list_owned(run.pk) == []


def test_a_failed_start_is_tried_again_on_the_curve(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("overlay", Act(start_error="no space left"))
    run = request_hello()

    outcome = reconcile(run_id=run.pk, now=now)
    assert [failure.action for failure in outcome.failures] == [Start("caption", 1), Start("caption", 2)]
    world.act("overlay", Act())
    assert reconcile(run_id=run.pk, now=later(now, 5)).actions == ()
    reconcile(run_id=run.pk, now=later(now, 12))

    assert f"pf-{run.pk}-caption-3" in world.starts
    assert "no space left" in Instance.objects.get(run=run, node="caption", attempt=1).end_reason


@pytest.mark.parametrize("act", [Act(create_then_raise=True), Act(start_then_raise=True)])
def test_a_start_that_worked_and_raised_is_adopted(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime, act: Act
) -> None:
    world.act("overlay", act)
    run = request_hello()

    assert not reconcile(run_id=run.pk, now=now).settled
    outcome = reconcile(run_id=run.pk, now=later(now, 1))

    assert outcome.settled
    assert sorted(world.starts) == [f"pf-{run.pk}-{node}-1" for node in NODES]
    assert Instance.objects.filter(run=run).count() == 3


def test_one_that_was_started_by_a_worker_that_died_is_adopted(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    desired = desired_run(run_id=run.pk)
    start_instance(desired, desired.nodes["camera"], 1, driver=world, epoch=1)

    reconcile(run_id=run.pk, now=now)

    assert sorted(world.starts) == [f"pf-{run.pk}-{node}-1" for node in NODES]


def test_of_two_attempts_that_live_the_older_is_stopped(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    desired = desired_run(run_id=run.pk)
    start_instance(desired, desired.nodes["camera"], 2, driver=world, epoch=1)

    reconcile(run_id=run.pk, now=later(now, 1))

    names = [seen.name for seen in world.list_owned(run.pk) if seen.labels and seen.labels.node == "camera"]
    assert names == [f"pf-{run.pk}-camera-2"]
    assert Instance.objects.get(run=run, node="camera", attempt=1).stop_cause == StopCause.DUPLICATE


def test_one_that_is_not_ready_in_time_is_replaced(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    say(run, "camera", NodeState.READY, now)
    say(run, "file", NodeState.DEGRADED, now)

    reconcile(run_id=run.pk, now=later(now, 31))

    assert Instance.objects.get(run=run, node="caption", attempt=1).stop_cause == StopCause.NOT_READY
    assert [name for name in world.starts if name.endswith("-2")] == [f"pf-{run.pk}-caption-2"]


def test_one_that_says_failed_and_lives_on_is_given_up(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    say(run, "caption", NodeState.FAILED, now, reason="no font")
    assert reconcile(run_id=run.pk, now=later(now, 1)).actions == ()

    reconcile(run_id=run.pk, now=later(now, 5))

    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.FAILED, "caption: no font")


def test_an_attempt_after_a_refusal_gets_what_was_in_force_before(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("overlay", Act(kill_after=0.3))
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    world.act("overlay", Act())
    say_all_ready(run, now)
    refused = {"revision": 2, "reason": "no such font"}
    assert change_parameters(run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=now) == 2
    asked_for = desired_run(run_id=run.pk).nodes["caption"]
    assert (asked_for.parameters["text"], asked_for.revision) == ("Bye", 2)
    say(run, "caption", NodeState.READY, now, refused=refused)
    wait_for_end(world, f"pf-{run.pk}-caption-1")

    reconcile(run_id=run.pk, now=later(now, 1))
    for observed in (0, 1):
        caption = desired_run(run_id=run.pk).nodes["caption"]
        assert (caption.attempt, caption.parameters["text"], caption.revision) == (2, "Hello", 1)
        say(run, "caption", NodeState.READY, later(now, 2), attempt=2, observed=observed)

    row = RunNode.objects.get(run=run, name="caption")
    assert (row.refused, row.revision, row.observed_revision, row.given_up) == (refused, 2, 1, False)


def test_the_very_first_parameters_stay_wanted_though_refused(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    reconcile(run_id=run.pk, now=now)

    say(run, "caption", NodeState.FAILED, now, observed=0, refused={"revision": 1, "reason": "no such font"})

    caption = desired_run(run_id=run.pk).nodes["caption"]
    assert (caption.parameters["text"], caption.revision) == ("Hello", 1)


def test_one_that_says_failed_and_crashes_is_started_again(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("overlay", Act(run_for=0.0, exit_code=1))
    run = request_hello()
    reconcile(run_id=run.pk, now=now)
    world.act("overlay", Act())
    number = RunNode.objects.get(run=run, name="caption").attempt
    say(run, "caption", NodeState.FAILED, now, attempt=number, reason="ValueError")

    reconcile(run_id=run.pk, now=later(now, 20))

    run.refresh_from_db()
    assert run.state == RunState.STARTING
    assert f"pf-{run.pk}-caption-{number + 1}" in world.starts
