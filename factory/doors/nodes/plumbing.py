"""Which wires of a run need a new pair of ends, decided from what the instances say they hold. Pure."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

Side = Literal["output", "input"]
CONFIRM_NS = 1_000_000_000
"""An end that was just handed over counts as held for this long, whatever reports already under way say."""
COUNTED_GENERATION = 2**52
"""What claims above this is not followed: an instance cannot drive the count to where it ends."""
MAX_GENERATIONS = 2
"""Generations of one wire that an instance may hold at once: the one in use and the one it switches to."""


@dataclasses.dataclass(frozen=True, order=True)
class End:
    """One end of one generation of a wire, as an instance holds it."""

    wire: str
    generation: int
    side: Side


@dataclasses.dataclass(frozen=True)
class Link:
    """A wire as drawn; `ring` tells whether raw frames may pass it, and so whether it needs the output's memory."""

    wire: str
    source: str
    port: str
    target: str
    ring: bool

    @property
    def output(self) -> tuple[str, str]:
        """The output it starts at, as (node, port)."""
        return self.source, self.port


@dataclasses.dataclass(frozen=True)
class Peer:
    """A connected instance: what it said it holds, and what was handed to it since (when, in nanoseconds).

    Attributes:
        leaving: it drains or has failed; it gives its ends up and needs no others.
    """

    instance: str
    held: frozenset[End] = frozenset()
    handed: Mapping[End, int] = dataclasses.field(default_factory=dict)
    leaving: bool = False

    @property
    def ends(self) -> frozenset[End]:
        """Everything it holds or is about to."""
        return self.held | self.handed.keys()

    def reports(self, ends: frozenset[End], *, now_ns: int, leaving: bool = False) -> "Peer":
        """It says what it holds; what was handed over a moment ago may still be on its way."""
        recent = {end: at for end, at in self.handed.items() if end not in ends and now_ns - at < CONFIRM_NS}
        return dataclasses.replace(self, held=ends, handed=recent, leaving=leaving)

    def takes(self, end: End, *, now_ns: int) -> "Peer":
        """An end was handed over."""
        return dataclasses.replace(self, handed={**self.handed, end: now_ns})

    def drops(self, end: End) -> "Peer":
        """It gave an end up, or was told to."""
        rest = {known: at for known, at in self.handed.items() if known != end}
        return dataclasses.replace(self, held=self.held - {end}, handed=rest)


@dataclasses.dataclass(frozen=True)
class Ring:
    """The memory of an output that this agent holds: whose it is, and a number that no other ring of it has."""

    instance: str
    serial: int


@dataclasses.dataclass(frozen=True)
class NewRing:
    """Make a ring for this output of this instance, in place of any that it has."""

    node: str
    port: str
    instance: str


@dataclasses.dataclass(frozen=True)
class MakePair:
    """Make a pair of ends and hand them to both instances."""

    wire: str
    generation: int


@dataclasses.dataclass(frozen=True)
class Detach:
    """Tell the node's instance to give this end up."""

    node: str
    end: End


Action = NewRing | MakePair | Detach


@dataclasses.dataclass(frozen=True)
class Plumbing:
    """What the agent remembers of a run's wires.

    Attributes:
        highest: wire to the highest generation ever seen.
        rings: output to the ring held for it.
        ring_of: wire and generation to the serial of the ring that was handed over with it.
        wanted: outputs whose writer asked for another ring.
    """

    highest: Mapping[str, int] = dataclasses.field(default_factory=dict)
    rings: Mapping[tuple[str, str], Ring] = dataclasses.field(default_factory=dict)
    ring_of: Mapping[tuple[str, int], int] = dataclasses.field(default_factory=dict)
    wanted: frozenset[tuple[str, str]] = frozenset()


def decide(links: tuple[Link, ...], peers: Mapping[str, Peer], known: Plumbing) -> list[Action]:
    """What to do now, in order. Doing it and deciding again gives nothing more to do.

    Args:
        links: the wires of the run.
        peers: node to its connected instance; a node that is missing is not connected.
        known: what the agent remembers.

    A wire whose two ends are held in the same generation is live and left alone, unless its output's ring is
    another one by now. Anything else gets a new pair, as soon as both sides are connected, unless one is leaving.
    """
    due: list[Link] = []
    fresh: set[tuple[str, str]] = set()
    for link in links:
        source, target = peers.get(link.source), peers.get(link.target)
        if not source or not target or source.leaving or target.leaving:
            continue
        ring_lost = link.output in known.wanted or not _ring(known, link, source)
        if live_generation(link, peers) is None:
            due.append(link)
            if link.ring and ring_lost:
                fresh.add(link.output)
        elif link.ring and link.output in known.wanted:
            fresh.add(link.output)
    for link in links:
        if link not in due and _follows_ring(link, peers, known, fresh):
            due.append(link)
    actions: list[Action] = [NewRing(node, port, peers[node].instance) for node, port in sorted(fresh)]
    actions += [MakePair(link.wire, _next_generation(link.wire, peers, known)) for link in due]
    return actions + _surplus(links, peers)


def live_generation(link: Link, peers: Mapping[str, Peer]) -> int | None:
    """The newest generation of which both instances hold their end, or None."""
    source, target = peers.get(link.source), peers.get(link.target)
    if not source or not target:
        return None
    writing = _generations(source, link.wire, "output")
    reading = _generations(target, link.wire, "input")
    return max(writing & reading, default=None)


def _generations(peer: Peer, wire: str, side: Side) -> set[int]:
    return {end.generation for end in peer.ends if end.wire == wire and end.side == side}


def _ring(known: Plumbing, link: Link, source: Peer) -> Ring | None:
    ring = known.rings.get(link.output)
    return ring if ring and ring.instance == source.instance else None


def _follows_ring(link: Link, peers: Mapping[str, Peer], known: Plumbing, fresh: set[tuple[str, str]]) -> bool:
    """Whether a live wire must change because its output's memory is not the one it was made with.

    Where the agent holds no ring of this output (it has restarted), live wires keep the one they have.
    """
    generation = live_generation(link, peers)
    if not link.ring or generation is None or peers[link.source].leaving or peers[link.target].leaving:
        return False
    if link.output in fresh:
        return True
    ring = _ring(known, link, peers[link.source])
    return ring is not None and known.ring_of.get((link.wire, generation)) != ring.serial


def _next_generation(wire: str, peers: Mapping[str, Peer], known: Plumbing) -> int:
    held = (end.generation for peer in peers.values() for end in peer.ends if end.wire == wire)
    return max(known.highest.get(wire, 0), *(one for one in held if one <= COUNTED_GENERATION), 0) + 1


def _surplus(links: tuple[Link, ...], peers: Mapping[str, Peer]) -> list[Action]:
    """Ends of wires that are not drawn, and generations left behind long ago."""
    drawn = {(link.wire, link.source, "output") for link in links} | {
        (link.wire, link.target, "input") for link in links
    }
    actions: list[Action] = []
    for node, peer in sorted(peers.items()):
        by_wire: dict[tuple[str, Side], list[End]] = {}
        for end in peer.ends:
            by_wire.setdefault((end.wire, end.side), []).append(end)
        for (wire, side), ends in sorted(by_wire.items()):
            newest = sorted(ends, key=lambda end: end.generation, reverse=True)
            kept = MAX_GENERATIONS if (wire, node, side) in drawn else 0
            actions += [Detach(node, end) for end in newest[kept:]]
    return actions
