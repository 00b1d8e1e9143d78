"""Random worlds: whatever is found, the plan mends it in a few passes and never makes it worse."""

import datetime
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.contract.node_states import NodeState
from factory.domain.runs.states import StopCause
from factory.drivers.driver import EngineState
from factory.orchestration.attempts import Attempt
from factory.orchestration.plan import Discard, GiveUp, Replace, Start, Stop, WantedNode, plan
from tests.factory.orchestration.model_world import START, ModelWorld, name_of, seen_of

NODES = ("camera", "caption", "file")
MOST_PASSES = 3

seconds = st.integers(min_value=-100, max_value=2000)
exit_codes = st.sampled_from([0, 0, 1, 1, 64, 137])
causes = st.sampled_from([None, None, None, *StopCause])
states = st.sampled_from([state for state in EngineState if state is not EngineState.ABSENT])


def before(number: int) -> datetime.datetime:
    return START - datetime.timedelta(seconds=number)


@st.composite
def worlds(draw: st.DrawFn) -> ModelWorld:
    world = ModelWorld(
        nodes={name: WantedNode() for name in draw(st.sets(st.sampled_from(NODES)))},
        wanted=draw(st.sampled_from([True, True, True, False])),
        deadline=START + datetime.timedelta(seconds=draw(st.sampled_from([3600, 3600, 3600, 0, -5]))),
    )
    for node in NODES:
        for attempt in sorted(draw(st.sets(st.integers(min_value=1, max_value=6), max_size=4))):
            _place(draw, world, node, attempt)
        if draw(st.booleans()):
            newest = max(world.rows.get(node, {0: None}))
            world.said[node] = (newest, draw(st.sampled_from(NodeState)), before(draw(seconds)))
        if draw(st.integers(0, 9)) == 0 and node in world.nodes:
            world.given_up[node] = "it was given up before"
    return world


def _place(draw: st.DrawFn, world: ModelWorld, node: str, attempt: int) -> None:
    """One instance in the engine, or a row alone, or both."""
    state = draw(states)
    if draw(st.integers(0, 3)):
        started_at = None if state is EngineState.CREATED else before(draw(seconds))
        finished_at = started_at and started_at + datetime.timedelta(seconds=draw(st.integers(0, 700)))
        is_over = state is EngineState.EXITED
        world.engine[name_of(node, attempt)] = seen_of(
            node,
            attempt,
            state,
            started_at=started_at,
            finished_at=finished_at if is_over else None,
            exit_code=draw(exit_codes) if is_over else None,
        )
    if draw(st.booleans()):
        ended_at = draw(st.none() | seconds.map(before))
        world.rows.setdefault(node, {})[attempt] = Attempt(
            attempt, ended_at=ended_at, stop_cause=draw(causes), was_ready=draw(st.booleans())
        )


@pytest.mark.slow
@settings(max_examples=500)
@given(worlds())
def test_any_world_is_mended_in_three_passes_and_then_left_alone(world: ModelWorld) -> None:
    world.converge(most_passes=MOST_PASSES)

    assert world.plan() == []
    for node in world.nodes:
        assert len(world.alive(node)) <= 1


@given(worlds())
def test_nothing_is_started_where_nothing_is_wanted(world: ModelWorld) -> None:
    history = world.record()
    actions = plan(world.desired, list(world.engine.values()), history, world.now)

    if not world.is_wanted or any(isinstance(action, GiveUp) for action in actions):
        assert not [action for action in actions if isinstance(action, Start | Replace)]


@given(worlds())
def test_everything_unwanted_is_ended(world: ModelWorld) -> None:
    world.wanted = False

    world.converge(most_passes=MOST_PASSES)

    assert world.engine == {}
    assert world.started == []


@given(worlds())
def test_what_no_node_wants_is_ended(world: ModelWorld) -> None:
    world.converge(most_passes=MOST_PASSES)

    assert {seen.labels.node for seen in world.engine.values() if seen.labels} <= set(world.nodes)


@pytest.mark.slow
@settings(max_examples=500)
@given(worlds())
def test_one_plan_never_has_two_attempts_of_a_node_live(world: ModelWorld) -> None:
    actions = world.plan()

    for node in world.nodes:
        starts = [action for action in actions if isinstance(action, Start) and action.node == node]
        replaces = [action for action in actions if isinstance(action, Replace) and action.start.node == node]
        assert len(starts) + len(replaces) <= 1
        alive = {seen.name for seen in world.alive(node)}
        forgotten = {action.name for action in actions if isinstance(action, Discard)}
        # A start without stops may run beside nothing; one with stops only beside what it stops first.
        for start in starts:
            assert alive - forgotten <= {name_of(node, start.attempt)}
        for replace in replaces:
            stopped = {stop.name for stop in replace.stops}
            assert alive - forgotten - stopped <= {name_of(node, replace.start.attempt)}


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_observed_changes_nothing(world: ModelWorld, shuffler: random.Random) -> None:
    history = world.record()
    observed = list(world.engine.values())
    shuffled = observed.copy()
    shuffler.shuffle(shuffled)

    assert plan(world.desired, observed, history, world.now) == plan(world.desired, shuffled, history, world.now)


@given(worlds())
def test_no_name_is_started_that_has_ended(world: ModelWorld) -> None:
    history = world.record()
    actions = plan(world.desired, list(world.engine.values()), history, world.now)

    starts = [action.start if isinstance(action, Replace) else action for action in actions]
    names = {name_of(start.node, start.attempt) for start in starts if isinstance(start, Start)}
    assert names.isdisjoint(history.recorded)


@given(worlds())
def test_nothing_is_stopped_twice_in_one_plan(world: ModelWorld) -> None:
    actions = world.plan()

    single = [action.name for action in actions if isinstance(action, Stop | Discard)]
    replaced = [stop.name for action in actions if isinstance(action, Replace) for stop in action.stops]
    assert len(single + replaced) == len(set(single + replaced))
