"""One run on this host: its instances' ends and rings as they should be, and the messages that make them so."""

import dataclasses
import logging
import time
from collections.abc import Callable
from typing import Any

from components.contract.media_types import RAW, MediaType
from components.contract.messages import Attach, Configure, Hello, Message, Report
from components.contract.messages import Detach as DetachMessage
from components.contract.node_states import NodeState
from factory.doors.nodes.plumbing import (
    COUNTED_GENERATION,
    Action,
    Detach,
    End,
    Link,
    MakePair,
    NewRing,
    Peer,
    Plumbing,
    Ring,
    decide,
    live_generation,
)
from factory.doors.nodes.ring_memory import DEFAULT_SLOT_BYTES, MAX_SLOT_BYTES, RingMemory
from factory.doors.nodes.wire_pairs import close_all, make_pair
from factory.orchestration.desired_world import DesiredRun, DesiredWire
from factory.orchestration.secret_values import NO_SECRETS, RunSecrets

logger = logging.getLogger(__name__)

MAX_ENDS = 512
"""Ends that one instance may claim to hold."""
MAX_GENERATION = 2**53
"""What JSON readers hold exactly."""
RING_CHANGE_NS = 1_000_000_000
"""An output gets another ring at most this often."""
_RAW_VIDEO = RAW[MediaType.VIDEO]

Send = Callable[[str, Message, tuple[int, ...]], bool]


@dataclasses.dataclass
class _Instance:
    """What the agent knows of a connected instance."""

    node: str
    attempt: int
    hello_ns: int
    agent_ns: int
    sent_revision: int = 0


class RunPod:
    """Plumbs one run.

    Args:
        run: what it should be.
        send: hands a message and descriptors to an instance, closing the descriptors; False if it is not connected.
        clock: the run's clock in nanoseconds.
        secrets: what its nodes are given beside their parameters.
    """

    def __init__(
        self,
        run: DesiredRun,
        *,
        send: Send,
        clock: Callable[[], int] = time.monotonic_ns,
        secrets: RunSecrets = NO_SECRETS,
    ) -> None:
        self.run = run
        self.secrets = secrets
        self._send = send
        self._clock = clock
        self._instances: dict[str, _Instance] = {}
        self._current: dict[str, str] = {}
        self._peers: dict[str, Peer] = {}
        self._rings: dict[tuple[str, str], RingMemory] = {}
        self._slot_bytes: dict[tuple[str, str], int] = {}
        self._ring_asked: dict[tuple[str, str], int] = {}
        self._serial = 0
        self._known = Plumbing()

    # What happens to it.

    def update(self, run: DesiredRun, secrets: RunSecrets = NO_SECRETS) -> None:
        """Follow a change of what is wanted: new parameters, wires, attempts.

        A secret that was set again is given with the next parameters, or to the next attempt.
        """
        self.run, self.secrets = run, secrets
        for name, instance in self._instances.items():
            node = run.nodes.get(instance.node)
            if node and node.revision != instance.sent_revision:
                self._configure(name, instance)
        self.plumb()

    def hello(self, name: str, node: str, attempt: int, hello: Hello) -> None:
        """An instance has connected.

        Raises:
            TypeError, ValueError, KeyError: its message makes no sense.
        """
        ends = read_ends(hello.ends)
        now = self._clock()
        if hello.observed_revision and name not in self._instances:
            self._rise_above_former_agent(node, now)
        known = self._instances[name] = _Instance(node, attempt, int(hello.clock_ns), now)
        self._configure(name, known)
        holder = self._instances.get(self._current.get(node, ""))
        if holder is None or holder.attempt <= attempt:
            self._current[node] = name
            self._set_peer(node, Peer(name, ends, leaving=_is_leaving(hello.state)))
            self.plumb()

    def reports(self, name: str, report: Report) -> None:
        """An instance says what it holds, and whether it is about to leave.

        Raises:
            TypeError, ValueError, KeyError: its message makes no sense.
        """
        if peer := self._peer_of(name):
            leaving = _is_leaving(report.state)
            peer = peer.reports(read_ends(report.ends), now_ns=self._clock(), leaving=leaving)
            self._set_peer(self._instances[name].node, peer)
            self.plumb()

    def detached(self, name: str, wire: str, generation: int) -> None:
        """An instance has given an end up."""
        if peer := self._peer_of(name):
            for end in [end for end in peer.ends if (end.wire, end.generation) == (wire, generation)]:
                peer = peer.drops(end)
            self._set_peer(self._instances[name].node, peer)
            self.plumb()

    def wants_ring(self, name: str, port: str, slot_bytes: int) -> None:
        """An instance's frames do not fit the slots of an output's ring; at most one change a second."""
        if not self._peer_of(name):
            return
        output = (self._instances[name].node, port)
        now = self._clock()
        if not 0 < slot_bytes <= MAX_SLOT_BYTES or all(link.output != output for link in self._links()):
            logger.warning("%s: refused a ring of %d bytes a slot for %s", name, slot_bytes, port)
            return
        if now - self._ring_asked.get(output, -RING_CHANGE_NS) < RING_CHANGE_NS:
            return
        held = self._rings.get(output)
        if held and held.slot_bytes >= slot_bytes and self._known.rings[output].instance == name:
            # It asked before the larger one arrived.
            return
        self._ring_asked[output] = now
        self._slot_bytes[output] = slot_bytes
        self._known = dataclasses.replace(self._known, wanted=self._known.wanted | {output})
        self.plumb()

    def lost(self, name: str) -> None:
        """An instance's connection is gone; its wires live on without us."""
        instance = self._instances.pop(name, None)
        if instance and self._current.get(instance.node) == name:
            del self._current[instance.node]
            del self._peers[instance.node]

    def close(self) -> None:
        """Give up what we hold; the instances keep theirs."""
        for ring in self._rings.values():
            ring.close()
        self._rings.clear()

    # What is shown of it.

    def generations(self) -> dict[str, int | None]:
        """Wire to its live generation, None where it is not live."""
        return {link.wire: live_generation(link, self._peers) for link in self._links()}

    def current(self, node: str) -> str | None:
        """The node's newest connected instance."""
        return self._current.get(node)

    # How it is made so.

    def plumb(self) -> None:
        """Make every wire live whose two instances are connected, as long as the run is wanted."""
        if not self.run.wanted:
            # Its nodes leave one after the other; a new pair would be of no use to those that are still there.
            return
        for action in decide(self._links(), self._peers, self._known):
            try:
                self._carry_out(action)
            except OSError:
                # No descriptors or no memory: whatever is missing is due again at the next report.
                logger.exception("run %s: cannot carry out %s", self.run.id, action)
                return

    def _links(self) -> tuple[Link, ...]:
        return tuple(
            Link(wire.id, wire.source, wire.source_port, wire.target, _RAW_VIDEO in wire.formats)
            for wire in self.run.wires
        )

    def _carry_out(self, action: Action) -> None:
        match action:
            case NewRing():
                self._make_ring(action)
            case MakePair():
                self._make_pair(action)
            case Detach(node, end):
                peer = self._peers[node]
                self._set_peer(node, peer.drops(end))
                self._send(peer.instance, DetachMessage(wire=end.wire, generation=end.generation), ())

    def _make_ring(self, action: NewRing) -> None:
        output = (action.node, action.port)
        wires = sum(1 for link in self._links() if link.output == output and link.ring)
        ring = RingMemory(wires=wires, slot_bytes=self._slot_bytes.get(output, DEFAULT_SLOT_BYTES))
        if old := self._rings.get(output):
            old.close()
        self._rings[output] = ring
        self._serial += 1
        rings = {**self._known.rings, output: Ring(action.instance, self._serial)}
        self._known = dataclasses.replace(self._known, rings=rings, wanted=self._known.wanted - {output})

    def _make_pair(self, action: MakePair) -> None:
        wire = next(wire for wire in self.run.wires if wire.id == action.wire)
        if wire.source not in self._peers or wire.target not in self._peers:
            # An action before this one found out that it is gone.
            return
        output = (wire.source, wire.source_port)
        ring = self._rings.get(output) if _RAW_VIDEO in wire.formats else None
        highest = {**self._known.highest, wire.id: action.generation}
        ring_of = {key: serial for key, serial in self._known.ring_of.items() if key[0] != wire.id}
        if ring:
            ring_of[wire.id, action.generation] = self._known.rings[output].serial
        self._known = dataclasses.replace(self._known, highest=highest, ring_of=ring_of)
        writing, reading = make_pair()
        writer: tuple[int, ...] = (writing,)
        reader: tuple[int, ...] = (reading,)
        try:
            if ring:
                writer += (ring.open_for_writer(),)
                reader += (ring.open_for_reader(),)
        except OSError:
            close_all(writer + reader)
            raise
        layout = ring.layout if ring else None
        # The reader first, so that what the writer sends at once is awaited.
        self._hand_over(wire, action.generation, "input", layout, reader)
        self._hand_over(wire, action.generation, "output", layout, writer)

    def _hand_over(
        self,
        wire: DesiredWire,
        generation: int,
        side: Any,
        layout: dict[str, int] | None,
        descriptors: tuple[int, ...],
    ) -> None:
        node, port = (wire.source, wire.source_port) if side == "output" else (wire.target, wire.target_port)
        peer = self._peers.get(node)
        if not peer:
            close_all(descriptors)
            return
        formats = [str(fmt) for fmt in wire.formats]
        attach = Attach(
            wire=wire.id, generation=generation, port=port, end=side, formats=formats, join=wire.join, ring=layout
        )
        self._set_peer(node, peer.takes(End(wire.id, generation, side), now_ns=self._clock()))
        self._send(peer.instance, attach, descriptors)

    def _configure(self, name: str, instance: _Instance) -> None:
        node = self.run.nodes.get(instance.node)
        if not node or node.name in self.secrets.problems:
            # Without its secrets it keeps what it has; they are looked for again with every look at the run.
            return
        instance.sent_revision = node.revision
        clock = {"hello_ns": instance.hello_ns, "agent_ns": instance.agent_ns}
        self._send(
            name,
            Configure(revision=node.revision, parameters=self.secrets.fill_in(node), ports=node.ports, clock=clock),
            (),
        )

    def _rise_above_former_agent(self, node: str, now_ns: int) -> None:
        """A former agent served this instance and may have counted further than the ends still held tell.

        Generations go on at the run's clock in seconds: it only grows, and counting pairs never catches up with it.
        """
        touching = [wire.id for wire in self.run.wires if node in (wire.source, wire.target)]
        floor = now_ns // 1_000_000_000
        highest = {wire: max(floor, self._known.highest.get(wire, 0)) for wire in touching}
        self._known = dataclasses.replace(self._known, highest={**self._known.highest, **highest})

    def _peer_of(self, name: str) -> Peer | None:
        instance = self._instances.get(name)
        if not instance or self._current.get(instance.node) != name:
            return None
        return self._peers.get(instance.node)

    def _set_peer(self, node: str, peer: Peer) -> None:
        self._peers[node] = peer
        highest = dict(self._known.highest)
        for end in (end for end in peer.ends if end.generation <= COUNTED_GENERATION):
            highest[end.wire] = max(end.generation, highest.get(end.wire, 0))
        self._known = dataclasses.replace(self._known, highest=highest)


def _is_leaving(state: str) -> bool:
    return state in (NodeState.DRAINING, NodeState.FAILED)


def read_ends(ends: list[dict[str, Any]]) -> frozenset[End]:
    """Wire ends as `hello` and `report` list them.

    Raises:
        TypeError, ValueError, KeyError: they make no sense, or are too many.
    """
    if len(ends) > MAX_ENDS:
        raise ValueError(f"{len(ends)} wire ends; an instance holds at most {MAX_ENDS}")
    read = set()
    for end in ends:
        if end["end"] not in ("output", "input"):
            raise ValueError(f"an end is output or input, not {end['end']!r}")
        generation = int(end["generation"])
        if not 0 < generation < MAX_GENERATION:
            raise ValueError(f"{generation} is no generation of a wire")
        read.add(End(str(end["wire"]), generation, end["end"]))
    return frozenset(read)
