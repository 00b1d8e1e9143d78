"""How a run may change, and what it is shown as, given what its nodes say and what is seen of them. Pure."""

import dataclasses
import enum
from collections.abc import Sequence

from components.contract.node_states import NodeState


class RunState(enum.StrEnum):
    """What the user is shown of a run."""

    WAITING = "waiting"
    """Accepted; nobody has looked at it yet."""
    STARTING = "starting"
    """Its nodes are being started and have not all been ready yet."""
    READY = "ready"
    """Every node takes media, or has finished."""
    DEGRADED = "degraded"
    """It was ready, or mostly is; the reason says what is missing."""
    STOPPING = "stopping"
    """Nothing is wanted any more; something still runs."""
    STOPPED = "stopped"
    """Over, as it should be."""
    FAILED = "failed"
    """Over, and the reason names the node that could not do its work."""

    @property
    def is_over(self) -> bool:
        """Whether nothing can follow."""
        return not TRANSITIONS[self]


_OVER = frozenset({RunState.STOPPING, RunState.STOPPED, RunState.FAILED})

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.WAITING: frozenset({RunState.STARTING}) | _OVER,
    RunState.STARTING: frozenset({RunState.READY, RunState.DEGRADED}) | _OVER,
    RunState.READY: frozenset({RunState.DEGRADED}) | _OVER,
    RunState.DEGRADED: frozenset({RunState.READY}) | _OVER,
    RunState.STOPPING: frozenset({RunState.STOPPED, RunState.FAILED}),
    RunState.STOPPED: frozenset(),
    RunState.FAILED: frozenset(),
}
"""Which state may follow which; drawn in docs/states.md."""


class StopCause(enum.StrEnum):
    """Why we asked an instance to end; one that ended unasked has none."""

    UNWANTED = "unwanted"
    """Its run is over, or nobody knows it."""
    DUPLICATE = "duplicate"
    """A later attempt of its node was alive."""
    NOT_READY = "not-ready"
    """It did not say ready in the time that its manifest promises."""


@dataclasses.dataclass(frozen=True)
class NodeView:
    """One node as its run is judged by.

    Attributes:
        said: the component's own word, of its current attempt.
        alive: the current attempt exists in the engine and has not ended.
        finished: it ended by itself, with success.
        broken: its last attempt ended without success, unasked or in its drain.
        given_up: it will not be tried again.
        reason: why it is not ready, given up or broken.
    """

    name: str
    said: NodeState
    alive: bool = False
    finished: bool = False
    broken: bool = False
    given_up: bool = False
    reason: str = ""

    @property
    def explained(self) -> str:
        """The node and its reason, for people."""
        return f"{self.name}: {self.reason}" if self.reason else self.name


def derive(
    *,
    current: RunState,
    reason: str,
    wanted: bool,
    stop_reason: str,
    anything_alive: bool,
    nodes: Sequence[NodeView],
) -> tuple[RunState, str]:
    """The state to show, and why.

    Args:
        current, reason: what is shown now.
        wanted: nobody asked it to stop.
        stop_reason: what was said by who asked it to stop.
        anything_alive: an instance of the run has not ended, of whatever node and attempt.
        nodes: all of the run.

    Returns:
        `current` itself, or a state that `TRANSITIONS` lets follow it.
    """
    if current.is_over:
        return current, reason
    given_up = [node for node in nodes if node.given_up]
    finished = all(node.finished for node in nodes)
    if given_up or finished or not wanted or current is RunState.STOPPING:
        broken = given_up or [node for node in nodes if node.broken]
        ending = _ending(given_up, wanted=wanted, stop_reason=stop_reason, finished=finished)
        if anything_alive:
            return RunState.STOPPING, ending
        return (RunState.FAILED, broken[0].explained) if broken else (RunState.STOPPED, ending)
    working = [node for node in nodes if not node.finished]
    absent = [node for node in working if not node.alive or node.said in (NodeState.STARTING, NodeState.FAILED)]
    if absent and current in (RunState.WAITING, RunState.STARTING):
        return RunState.STARTING, ", ".join(node.explained for node in absent if node.reason)
    if absent:
        return RunState.DEGRADED, ", ".join(node.explained for node in absent)
    unwell = [node for node in working if node.said is NodeState.DEGRADED]
    if unwell:
        state = RunState.DEGRADED if current is not RunState.WAITING else RunState.STARTING
        return state, ", ".join(node.explained for node in unwell)
    # A run is never ready in one step: whoever watches it sees it start.
    return (RunState.STARTING if current is RunState.WAITING else RunState.READY), ""


def _ending(given_up: Sequence[NodeView], *, wanted: bool, stop_reason: str, finished: bool) -> str:
    if given_up:
        return given_up[0].explained
    if not wanted:
        return stop_reason
    return "every node has finished" if finished else ""
