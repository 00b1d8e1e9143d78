"""What is decided for worlds of any shape, and for those that matter."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from factory.doors.nodes.plumbing import (
    CONFIRM_NS,
    MAX_GENERATIONS,
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

VIDEO = Link("camera.video->screen.video", "camera", "video", "screen", ring=True)
SECOND = Link("camera.video->file.video", "camera", "video", "file", ring=True)
AUDIO = Link("camera.audio->file.audio", "camera", "audio", "file", ring=False)
NODES = ("camera", "screen", "file")


def hold(link: Link, generation: int) -> tuple[Peer, Peer]:
    return (
        Peer("source", frozenset({End(link.wire, generation, "output")})),
        Peer("target", frozenset({End(link.wire, generation, "input")})),
    )


def carry_out(
    actions: list[Action], links: tuple[Link, ...], peers: dict[str, Peer], known: Plumbing
) -> tuple[dict[str, Peer], Plumbing]:
    """The world after the actions, as the agent makes it."""
    peers = dict(peers)
    for action in actions:
        match action:
            case NewRing(node, port, instance):
                serial = max((ring.serial for ring in known.rings.values()), default=0) + 1
                rings = {**known.rings, (node, port): Ring(instance, serial)}
                known = dataclasses.replace(known, rings=rings, wanted=known.wanted - {(node, port)})
            case MakePair(wire, generation):
                link = next(link for link in links if link.wire == wire)
                peers[link.source] = peers[link.source].takes(End(wire, generation, "output"), now_ns=0)
                peers[link.target] = peers[link.target].takes(End(wire, generation, "input"), now_ns=0)
                ring_of = dict(known.ring_of)
                if link.ring:
                    ring_of[wire, generation] = known.rings[link.output].serial
                known = dataclasses.replace(known, highest={**known.highest, wire: generation}, ring_of=ring_of)
            case Detach(node, end):
                peers[node] = peers[node].drops(end)
    return peers, known


links = st.sets(st.sampled_from((VIDEO, SECOND, AUDIO))).map(lambda some: tuple(sorted(some, key=lambda one: one.wire)))
ends = st.builds(
    End,
    st.sampled_from((VIDEO.wire, SECOND.wire, AUDIO.wire, "old.video->gone.video")),
    st.integers(1, 4),
    st.sampled_from(("output", "input")),
)
peers = st.dictionaries(
    st.sampled_from(NODES),
    st.builds(Peer, st.sampled_from(("one", "two")), st.frozensets(ends, max_size=6)),
)
rings = st.dictionaries(
    st.just(("camera", "video")), st.builds(Ring, st.sampled_from(("one", "two")), st.integers(1, 3))
)
memories = st.builds(
    Plumbing,
    highest=st.dictionaries(st.sampled_from((VIDEO.wire, SECOND.wire)), st.integers(0, 6)),
    rings=rings,
    ring_of=st.dictionaries(
        st.tuples(st.sampled_from((VIDEO.wire, SECOND.wire)), st.integers(1, 4)), st.integers(1, 3)
    ),
    wanted=st.sets(st.just(("camera", "video"))).map(frozenset),
)


@given(links, peers, memories)
def test_doing_what_was_decided_leaves_nothing_to_do(
    links: tuple[Link, ...], peers: dict[str, Peer], known: Plumbing
) -> None:
    peers, known = carry_out(decide(links, peers, known), links, peers, known)
    again = [action for action in decide(links, peers, known) if not isinstance(action, Detach)]
    assert again == []


@given(links, peers, memories)
def test_every_wire_between_connected_instances_becomes_live_unless_one_is_leaving(
    links: tuple[Link, ...], peers: dict[str, Peer], known: Plumbing
) -> None:
    actions = decide(links, peers, known)
    after, _known = carry_out(actions, links, peers, known)
    made = {action.wire for action in actions if isinstance(action, MakePair)}
    for link in links:
        connected = link.source in peers and link.target in peers
        if connected and (peers[link.source].leaving or peers[link.target].leaving):
            assert link.wire not in made
        else:
            assert (live_generation(link, after) is not None) == connected


@given(links, peers, memories)
def test_a_new_pair_is_higher_than_all_that_was_ever_held(
    links: tuple[Link, ...], peers: dict[str, Peer], known: Plumbing
) -> None:
    for action in decide(links, peers, known):
        if isinstance(action, MakePair):
            held = [end.generation for peer in peers.values() for end in peer.ends if end.wire == action.wire]
            assert action.generation > max([known.highest.get(action.wire, 0), *held])


@given(links, peers)
def test_an_agent_that_remembers_nothing_disturbs_no_live_wire_without_need(
    links: tuple[Link, ...], peers: dict[str, Peer]
) -> None:
    actions = decide(links, peers, Plumbing())
    made = {action.wire for action in actions if isinstance(action, MakePair)}
    needed = {link.output for link in links if link.ring and link.wire in made and live_generation(link, peers) is None}
    for link in links:
        if live_generation(link, peers) is not None:
            assert (link.wire in made) == (link.ring and link.output in needed)


@given(links, peers, memories)
def test_it_detaches_what_is_not_drawn_and_keeps_the_newest_two(
    links: tuple[Link, ...], peers: dict[str, Peer], known: Plumbing
) -> None:
    for action in decide(links, peers, known):
        if isinstance(action, Detach):
            same = [
                end for end in peers[action.node].ends if (end.wire, end.side) == (action.end.wire, action.end.side)
            ]
            drawn = any(
                action.end.wire == link.wire
                and action.node == (link.source if action.end.side == "output" else link.target)
                for link in links
            )
            newer = [end for end in same if end.generation > action.end.generation]
            assert not drawn or len(newer) >= MAX_GENERATIONS


def test_it_waits_until_both_instances_are_connected() -> None:
    assert decide((AUDIO,), {"camera": Peer("source")}, Plumbing()) == []


def test_the_first_pair_of_a_raw_wire_comes_with_a_ring() -> None:
    peers = {"camera": Peer("source"), "screen": Peer("target")}
    assert decide((VIDEO,), peers, Plumbing()) == [NewRing("camera", "video", "source"), MakePair(VIDEO.wire, 1)]


def test_a_second_reader_shares_the_ring_and_leaves_the_first_alone() -> None:
    source, target = hold(VIDEO, 1)
    known = Plumbing(rings={("camera", "video"): Ring("source", 7)}, ring_of={(VIDEO.wire, 1): 7})
    peers = {"camera": source, "screen": target, "file": Peer("recorder")}
    assert decide((VIDEO, SECOND), peers, known) == [MakePair(SECOND.wire, 1)]


def test_after_a_restart_of_the_agent_a_new_reader_costs_a_ring_and_all_its_wires() -> None:
    source, target = hold(VIDEO, 3)
    peers = {"camera": source, "screen": target, "file": Peer("recorder")}
    assert decide((VIDEO, SECOND), peers, Plumbing()) == [
        NewRing("camera", "video", "source"),
        MakePair(SECOND.wire, 1),
        MakePair(VIDEO.wire, 4),
    ]


def test_a_wire_whose_reader_was_away_follows_the_ring_when_it_is_back() -> None:
    source, target = hold(VIDEO, 1)
    known = Plumbing(
        rings={("camera", "video"): Ring("source", 2)}, ring_of={(VIDEO.wire, 1): 1}, highest={VIDEO.wire: 1}
    )
    assert decide((VIDEO,), {"camera": source}, known) == []
    assert decide((VIDEO,), {"camera": source, "screen": target}, known) == [MakePair(VIDEO.wire, 2)]


def test_a_restarted_writer_gets_a_ring_of_its_own() -> None:
    _source, target = hold(VIDEO, 1)
    known = Plumbing(rings={("camera", "video"): Ring("dead", 1)}, ring_of={(VIDEO.wire, 1): 1})
    actions = decide((VIDEO,), {"camera": Peer("reborn"), "screen": target}, known)
    assert actions == [NewRing("camera", "video", "reborn"), MakePair(VIDEO.wire, 2)]


def test_a_report_that_crossed_an_attach_does_not_count_against_it() -> None:
    end = End(AUDIO.wire, 1, "input")
    peer = Peer("target").takes(end, now_ns=0)
    assert end in peer.reports(frozenset(), now_ns=CONFIRM_NS - 1).ends
    assert end not in peer.reports(frozenset(), now_ns=CONFIRM_NS).ends
    assert peer.reports(frozenset({end}), now_ns=1).handed == {}


def test_an_absurd_claim_does_not_drive_the_count_to_its_end() -> None:
    liar = Peer("source", frozenset({End(AUDIO.wire, 2**53 - 1, "output")}))
    assert decide((AUDIO,), {"camera": liar, "file": Peer("target")}, Plumbing()) == [MakePair(AUDIO.wire, 1)]
