"""What is known of a run's nodes and wires right now, and when to tell the browsers."""

import collections
import dataclasses
import math
from typing import Any

from components.contract.messages import Hello, Report
from components.contract.node_states import NodeState
from factory.doors.nodes.wire_rates import WireRates
from factory.orchestration.desired_world import DesiredRun

MESSAGES_A_SECOND = 4
_INTERVAL_NS = 1_000_000_000 // MESSAGES_A_SECOND
MAX_TEXT = 500
MAX_MEASURES = 64


@dataclasses.dataclass
class NodeWord:
    """What a node's newest instance last said of itself."""

    attempt: int
    state: NodeState = NodeState.STARTING
    reason: str = ""
    observed_revision: int = 0
    refused: dict[str, Any] | None = None
    measures: dict[str, float] = dataclasses.field(default_factory=dict)


class RunBoard:
    """The newest word of every node and the counters of every wire of one run."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._words: dict[str, NodeWord] = {}
        self._wires: dict[str, WireRates] = {}
        self._dirty = True
        self._urgent = True
        self._sent: collections.deque[int] = collections.deque(maxlen=MESSAGES_A_SECOND)

    def hello(self, node: str, attempt: int, message: Hello) -> NodeWord:
        """A node's instance has connected; returns its word.

        Raises:
            ValueError: it names no state.
        """
        return self._say(node, attempt, NodeState(message.state), message.reason, message.observed_revision)

    def report(self, node: str, attempt: int, message: Report, *, now_ns: int) -> NodeWord:
        """A node's instance reports; returns its word.

        Raises:
            TypeError, ValueError, AttributeError: the report makes no sense.
        """
        word = self._say(
            node, attempt, NodeState(message.state), message.reason, message.observed_revision, message.refused
        )
        if self._words.get(node) is not word:
            return word
        measures = list(message.measures.items())[:MAX_MEASURES]
        word.measures = {str(name)[:64]: _finite(value) for name, value in measures}
        for wire, counters in message.inputs.items():
            if rates := self._wires.get(wire):
                rates.hear_input(counters, now_ns=now_ns)
        for wire, counters in message.outputs.items():
            if rates := self._wires.get(wire):
                rates.hear_output(counters)
        return word

    def refuse(self, node: str, attempt: int, reason: str) -> NodeWord:
        """A node's instance is not given what it needs; returns its word, *failed*."""
        return self._say(node, attempt, NodeState.FAILED, reason, 0)

    def lost(self, node: str, attempt: int) -> None:
        """A node's connection is gone."""
        word = self._words.get(node)
        if word and word.attempt == attempt and word.state not in (NodeState.DRAINING, NodeState.FAILED):
            word.state, word.reason = NodeState.STARTING, "it is not connected"
        self._dirty = self._urgent = True

    def change(self) -> None:
        """Something else that is shown has changed."""
        self._dirty = self._urgent = True

    def follow(self, run: DesiredRun) -> None:
        """The wires are these; others are forgotten."""
        self._wires = {wire.id: self._wires.get(wire.id) or WireRates() for wire in run.wires}

    def due_in(self, now_ns: int) -> float | None:
        """Seconds until a message should be sent, 0 for now; None while there is nothing new."""
        if not self._dirty:
            return None
        waits = [0]
        if len(self._sent) == MESSAGES_A_SECOND:
            waits.append(self._sent[0] + 1_000_000_000 - now_ns)
        if self._sent and not self._urgent:
            waits.append(self._sent[-1] + _INTERVAL_NS - now_ns)
        return max(waits) / 1e9

    def message(self, run: DesiredRun, generations: dict[str, int | None], *, now_ns: int) -> dict[str, Any]:
        """The message for the browsers; it counts as sent."""
        self._dirty = self._urgent = False
        self._sent.append(now_ns)
        return {
            "type": "run.status",
            "run": self._run,
            "nodes": {name: self._node(name, run) for name in run.nodes},
            "wires": {
                wire: rates.shown(now_ns=now_ns, generation=generations.get(wire))
                for wire, rates in self._wires.items()
            },
        }

    def _node(self, name: str, run: DesiredRun) -> dict[str, Any]:
        word = self._words.get(name) or NodeWord(run.nodes[name].attempt)
        return {**dataclasses.asdict(word), "state": str(word.state), "revision": run.nodes[name].revision}

    def _say(
        self,
        node: str,
        attempt: int,
        state: NodeState,
        reason: str,
        observed_revision: int,
        refused: dict[str, Any] | None = None,
    ) -> NodeWord:
        before = self._words.get(node)
        if before and before.attempt > attempt:
            # An older instance that is still draining does not speak for the node.
            return NodeWord(attempt, state, str(reason)[:MAX_TEXT])
        word = NodeWord(attempt, state, str(reason)[:MAX_TEXT], int(observed_revision), _refusal(refused))
        if before and before.attempt == attempt:
            word.measures = before.measures
        self._words[node] = word
        self._dirty = True
        self._urgent |= before is None or _shown_at_once(before) != _shown_at_once(word)
        return word


def _shown_at_once(word: NodeWord) -> tuple[Any, ...]:
    return word.attempt, word.state, word.reason, word.observed_revision, word.refused


def _refusal(refused: dict[str, Any] | None) -> dict[str, Any] | None:
    if refused is None:
        return None
    return {"revision": int(refused["revision"]), "reason": str(refused["reason"])[:MAX_TEXT]}


def _finite(value: float) -> float:
    number = float(value)
    return number if math.isfinite(number) else 0.0
