import datetime

import pytest

from components.contract.node_states import NodeState
from factory.domain.runs.states import StopCause
from factory.drivers.driver import EngineState, Seen
from factory.orchestration.attempts import Attempt, History
from factory.orchestration.plan import Discard, GiveUp, Replace, Start, Stop, WantedNode, plan
from tests.factory.orchestration.model_world import START, ModelWorld, failed_attempt, name_of, seen_of

CAMERA = {"camera": WantedNode(ready_seconds=30, stop_seconds=7)}


def before(seconds: float) -> datetime.datetime:
    return START - datetime.timedelta(seconds=seconds)


def running(attempt: int, *, since: float = 5) -> Seen:
    return seen_of("camera", attempt, EngineState.RUNNING, started_at=before(since))


def world_of(*instances: Seen, rows: tuple[Attempt, ...] = ()) -> ModelWorld:
    return ModelWorld(
        CAMERA, engine={seen.name: seen for seen in instances}, rows={"camera": {row.number: row for row in rows}}
    )


def test_it_starts_what_is_missing() -> None:
    assert world_of().plan() == [Start("camera", 1)]


def test_it_starts_what_was_only_created() -> None:
    assert world_of(seen_of("camera", 1, EngineState.CREATED)).plan() == [Start("camera", 1)]


@pytest.mark.parametrize("state", [EngineState.RUNNING, EngineState.PAUSED, EngineState.UNKNOWN])
def test_it_leaves_alone_what_lives(state: EngineState) -> None:
    assert world_of(seen_of("camera", 1, state, started_at=before(5))).plan() == []


def test_it_repeats_the_number_of_an_attempt_that_never_came_to_be() -> None:
    assert world_of(rows=(Attempt(3),)).plan() == [Start("camera", 3)]


def test_it_starts_the_next_attempt_at_once_after_the_first_failure() -> None:
    assert world_of(rows=(failed_attempt(1, ended_at=before(0)),)).plan() == [Start("camera", 2)]


@pytest.mark.parametrize(("failures", "seconds"), [(2, 10), (3, 20), (4, 40)])
def test_it_waits_longer_after_each_failure(failures: int, seconds: float) -> None:
    rows = tuple(failed_attempt(number, ended_at=before(500 - number)) for number in range(1, failures))
    too_early = failed_attempt(failures, ended_at=before(seconds - 0.01))
    due = failed_attempt(failures, ended_at=before(seconds))

    assert world_of(rows=(*rows, too_early)).plan() == []
    assert world_of(rows=(*rows, due)).plan() == [Start("camera", failures + 1)]


def test_an_end_that_the_engine_dates_a_little_ahead_is_waited_for_all_the_same() -> None:
    rows = (failed_attempt(1, ended_at=before(60)), failed_attempt(2, ended_at=before(-0.5)))

    assert world_of(rows=rows).plan() == []


def test_a_clock_set_back_does_not_keep_a_node_waiting() -> None:
    rows = (failed_attempt(1, ended_at=before(-3600)), failed_attempt(2, ended_at=before(-3600)))

    assert world_of(rows=rows).plan() == [Start("camera", 3)]


def test_it_gives_up_after_five_failures_in_a_row() -> None:
    rows = tuple(failed_attempt(number, ended_at=before(600 - number)) for number in range(1, 6))

    assert world_of(rows=rows).plan() == [GiveUp("camera", "it failed 5 times in a row")]


def test_a_long_life_makes_its_end_the_first_failure_again() -> None:
    rows = tuple(failed_attempt(number, ended_at=before(5000 - number)) for number in range(1, 5))
    long_lived = failed_attempt(5, ended_at=before(0), ran_seconds=601)

    assert world_of(rows=(*rows, long_lived)).plan() == [Start("camera", 6)]


def test_an_instance_that_was_stopped_for_another_reason_is_no_failure() -> None:
    rows = tuple(failed_attempt(number, ended_at=before(0)) for number in range(1, 2))
    stopped = Attempt(2, before(5), before(0), before(0), exit_code=137, stop_cause=StopCause.DUPLICATE)

    assert world_of(rows=(*rows, stopped)).plan() == [Start("camera", 3)]


def test_it_gives_up_at_once_where_another_attempt_would_not_help() -> None:
    (action,) = world_of(rows=(failed_attempt(1, ended_at=before(0), exit_code=64),)).plan()

    assert isinstance(action, GiveUp)


def test_what_says_failed_and_lives_on_is_given_up_after_a_while_and_everything_ends() -> None:
    world = world_of(running(1))
    world.said["camera"] = (1, NodeState.FAILED, before(1))
    assert world.plan() == []

    world.said["camera"] = (1, NodeState.FAILED, before(3))

    give_up, stop = world.plan()
    assert isinstance(give_up, GiveUp)
    assert stop == Stop(name_of("camera", 1), "camera", 1, 7, StopCause.UNWANTED)


def test_it_does_not_start_again_what_has_finished() -> None:
    assert world_of(rows=(failed_attempt(1, ended_at=before(5), exit_code=0),)).plan() == []


def test_what_is_late_is_replaced_at_once_the_first_time() -> None:
    (action,) = world_of(running(1, since=30)).plan()

    stop = Stop(name_of("camera", 1), "camera", 1, 7, StopCause.NOT_READY)
    assert action == Replace((stop,), Start("camera", 2))


def test_what_is_late_again_is_stopped_and_waits_for_its_turn() -> None:
    world = world_of(running(2, since=30), rows=(failed_attempt(1, ended_at=before(60)),))

    assert world.plan() == [Stop(name_of("camera", 2), "camera", 2, 7, StopCause.NOT_READY)]


def test_what_was_ready_once_is_never_late() -> None:
    assert world_of(running(1, since=9999), rows=(Attempt(1, was_ready=True),)).plan() == []


def test_of_two_attempts_the_older_is_stopped() -> None:
    assert world_of(running(1), running(2)).plan() == [Stop(name_of("camera", 1), "camera", 1, 7, StopCause.DUPLICATE)]


def test_one_that_was_only_created_waits_until_the_older_has_ended() -> None:
    (action,) = world_of(running(1), seen_of("camera", 2, EngineState.CREATED)).plan()

    assert isinstance(action, Replace)
    assert action.start == Start("camera", 2)


def test_an_end_is_forgotten_only_when_it_is_kept() -> None:
    ended = seen_of("camera", 1, EngineState.EXITED, started_at=before(9), finished_at=before(5), exit_code=0)
    world = world_of(ended)

    assert plan(world.desired, [ended], History(), world.now) == []
    assert world.plan() == [Discard(ended.name)]


def test_a_passed_deadline_ends_everything() -> None:
    world = world_of(running(1), seen_of("stranger", 1, EngineState.RUNNING, started_at=before(5)))
    world.deadline = world.now

    assert world.plan() == [
        Stop(name_of("camera", 1), "camera", 1, 7, StopCause.UNWANTED),
        Stop(name_of("stranger", 1), "stranger", 1, 10.0, StopCause.UNWANTED),
    ]


def test_what_carries_no_labels_is_left_alone() -> None:
    foreign = Seen("pf-run-camera-1", EngineState.RUNNING)

    assert plan(world_of().desired, [foreign], History(), START) == [Start("camera", 1)]
