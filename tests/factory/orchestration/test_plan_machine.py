"""A long life with everything that goes wrong in one: what follows is always one instance a node, or none."""

import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from components.contract.node_states import NodeState
from factory.drivers.driver import EngineState
from factory.orchestration.plan import Action, WantedNode
from tests.factory.orchestration.model_world import START, ModelWorld, name_of, seen_of

NODES = ("camera", "caption", "file")
MOST_PASSES = 4

nodes = st.sampled_from(NODES)


class Life(RuleBasedStateMachine):
    """Passes that work, fail half way, are doubled, or are carried out late; and a world that does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.world = ModelWorld({name: WantedNode() for name in NODES}, deadline=START + datetime.timedelta(days=9))
        self.late: list[Action] = []

    @rule()
    def look(self) -> None:
        self._carry_out(self.world.plan())

    @rule(keep=st.integers(0, 3))
    def die_after_some_actions(self, keep: int) -> None:
        actions = self.world.plan()
        self.world.write_intentions(actions)
        for action in actions[:keep]:
            self.world.perform(action)

    @rule()
    def die_before_the_first_action(self) -> None:
        self.world.write_intentions(self.world.plan())

    @rule()
    def create_and_die(self) -> None:
        """Each start creates its container and never starts it."""
        actions = self.world.plan()
        self.world.write_intentions(actions)
        for action in actions:
            node, attempt = getattr(action, "node", ""), getattr(action, "attempt", 0)
            if type(action).__name__ == "Start" and name_of(node, attempt) not in self.world.engine:
                self.world.engine[name_of(node, attempt)] = seen_of(node, attempt, EngineState.CREATED)

    @rule()
    def carry_out_twice(self) -> None:
        actions = self.world.plan()
        self._carry_out(actions)
        self._carry_out(actions)

    @rule()
    def plan_and_fall_asleep(self) -> None:
        """A holder that is stopped in the middle, and loses its lease."""
        self.late = self.world.plan()
        self.world.write_intentions(self.late)

    @precondition(lambda self: self.late)
    @rule()
    def wake_up_and_carry_out(self) -> None:
        for action in self.late:
            name = getattr(action, "name", "")
            seen = self.world.engine.get(name)
            if not name or (seen is not None and seen.state is not EngineState.RUNNING):
                before = list(self.world.started)
                self.world.perform(action)
                # No epoch reaches the engine: such a start is mended afterwards, not prevented.
                self.world.started = before
        self.late = []

    @rule(node=nodes, exit_code=st.sampled_from([0, 1, 1, 1, 137, 64]))
    def end_by_itself(self, node: str, exit_code: int) -> None:
        for seen in self.world.alive(node):
            self.world.end(seen.name, exit_code=exit_code)

    @rule(node=nodes)
    def be_removed_by_hand(self, node: str) -> None:
        self.world.record()
        for seen in self.world.alive(node):
            del self.world.engine[seen.name]

    @rule(node=nodes, state=st.sampled_from([NodeState.READY, NodeState.READY, NodeState.DEGRADED, NodeState.FAILED]))
    def say(self, node: str, state: NodeState) -> None:
        self.world.record()
        mine = self.world.rows.get(node, {})
        if mine:
            self.world.said[node] = (max(mine), state, self.world.now)

    @rule(seconds=st.sampled_from([0.1, 2, 5, 12, 31, 90, 700]))
    def pass_time(self, seconds: float) -> None:
        self.world.now += datetime.timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([-3600, -20, 3600]))
    def set_the_clock(self, seconds: float) -> None:
        self.world.now += datetime.timedelta(seconds=seconds)

    @rule()
    def ask_to_stop(self) -> None:
        self.world.wanted = False

    @invariant()
    def nothing_is_started_twice(self) -> None:
        assert len(self.world.started) == len(set(self.world.started))

    def teardown(self) -> None:
        self.world.converge(most_passes=MOST_PASSES)
        for node in NODES:
            assert len(self.world.alive(node)) <= 1
        if not self.world.is_wanted:
            assert self.world.engine == {}

    def _carry_out(self, actions: list[Action]) -> None:
        self.world.write_intentions(actions)
        for action in actions:
            name = getattr(action, "name", "")
            # Absent is fine to every verb; that of the model is strict so that plans are.
            if not name or name in self.world.engine:
                self.world.perform(action)


TestLife = pytest.mark.slow(Life.TestCase)
TestLife.settings = settings(max_examples=200, stateful_step_count=30)
