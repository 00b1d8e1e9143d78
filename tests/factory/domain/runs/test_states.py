import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.contract.node_states import NodeState
from factory.domain.runs.states import TRANSITIONS, NodeView, RunState, derive

views = st.builds(
    NodeView,
    name=st.sampled_from(["camera", "caption", "file"]),
    said=st.sampled_from(NodeState),
    alive=st.booleans(),
    finished=st.booleans(),
    broken=st.booleans(),
    given_up=st.booleans(),
    reason=st.sampled_from(["", "out of memory"]),
)


def shown(*nodes: NodeView, current: RunState = RunState.STARTING, wanted: bool = True, alive: bool = True) -> RunState:
    state, _ = derive(current=current, reason="", wanted=wanted, stop_reason="", anything_alive=alive, nodes=nodes)
    return state


def node(said: NodeState = NodeState.READY, *, alive: bool = True, finished: bool = False) -> NodeView:
    return NodeView("camera", said, alive=alive, finished=finished)


@given(st.sampled_from(RunState), st.booleans(), st.booleans(), st.lists(views, min_size=1, max_size=4))
def test_what_is_shown_may_always_follow_what_was_shown(
    current: RunState, wanted: bool, alive: bool, nodes: list[NodeView]
) -> None:
    new = shown(*nodes, current=current, wanted=wanted, alive=alive)

    assert new is current or new in TRANSITIONS[current]


@given(st.sampled_from(RunState), st.booleans(), st.lists(views, min_size=1, max_size=4))
def test_nothing_is_over_while_anything_lives(current: RunState, wanted: bool, nodes: list[NodeView]) -> None:
    new = shown(*nodes, current=current, wanted=wanted, alive=True)

    assert current.is_over or not new.is_over


@given(st.sampled_from(RunState), st.booleans(), st.lists(views, min_size=1, max_size=4))
def test_a_step_or_two_are_enough(current: RunState, wanted: bool, nodes: list[NodeView]) -> None:
    once = shown(*nodes, current=current, wanted=wanted)
    twice = shown(*nodes, current=once, wanted=wanted)

    assert shown(*nodes, current=twice, wanted=wanted) is twice


def test_a_run_is_ready_when_all_are() -> None:
    assert shown(node(), node()) is RunState.READY
    assert shown(node(), node(NodeState.STARTING)) is RunState.STARTING


def test_one_that_has_finished_does_not_keep_the_others_from_being_ready() -> None:
    assert shown(node(), node(alive=False, finished=True)) is RunState.READY


def test_a_run_that_was_ready_is_degraded_while_one_is_missing() -> None:
    assert shown(node(), node(alive=False), current=RunState.READY) is RunState.DEGRADED
    assert shown(node(), node(alive=False), current=RunState.STARTING) is RunState.STARTING


def test_a_node_that_is_not_at_its_best_degrades_its_run() -> None:
    assert shown(node(), node(NodeState.DEGRADED)) is RunState.DEGRADED


def test_one_that_writes_out_what_it_holds_is_well() -> None:
    assert shown(node(), node(NodeState.DRAINING)) is RunState.READY


def test_a_node_given_up_ends_its_run_as_failed_with_its_reason() -> None:
    broken = NodeView("file", NodeState.STARTING, given_up=True, reason="no such codec")
    whole = {"current": RunState.READY, "reason": "", "wanted": True, "stop_reason": ""}

    assert derive(**whole, anything_alive=True, nodes=[node(), broken]) == (  # type: ignore[arg-type]
        RunState.STOPPING,
        "file: no such codec",
    )
    assert derive(**whole, anything_alive=False, nodes=[node(), broken]) == (  # type: ignore[arg-type]
        RunState.FAILED,
        "file: no such codec",
    )


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.FAILED])
def test_what_is_over_stays_as_it_is(state: RunState) -> None:
    assert state.is_over
    assert shown(node(), current=state) is state


def test_only_what_nothing_can_follow_is_over() -> None:
    assert {state for state in RunState if state.is_over} == {RunState.STOPPED, RunState.FAILED}
