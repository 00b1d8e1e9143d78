"""Access units out of packets that come late, twice, in disorder or never."""

import dataclasses

import hypothesis
import pytest
from hypothesis import strategies

from components.contract.wire_format import MAX_PAYLOAD_BYTES
from components.sdk.webrtc_assembly import AccessUnit, Assembler

_MS = 1_000_000


@dataclasses.dataclass
class Sent:
    """An RTP packet as aiortc shows it."""

    sequence_number: int
    timestamp: int
    _data: bytes
    marker: int = 0
    ssrc: int = 7


def _pictures(count: int, parts: int, first: int = 65530, marker: bool = True) -> list[Sent]:
    """Pictures of several packets each, across the wrap of the sequence number."""
    return [
        Sent(
            (first + picture * parts + part) & 0xFFFF,
            3000 * picture,
            b"%d.%d " % (picture, part),
            int(marker and part == parts - 1),
        )
        for picture in range(count)
        for part in range(parts)
    ]


class Bench:
    """An assembler with a clock that stands still unless moved."""

    def __init__(self, *, video: bool = True) -> None:
        self.units: list[AccessUnit] = []
        self.now = 0
        self.assembler = Assembler(self.units.append, video=video, monotonic=lambda: self.now)

    def add(self, *packets: Sent) -> list[bytes]:
        """Give packets; returns all units so far."""
        for packet in packets:
            assert self.assembler.add(packet) == (False, None)
        return [unit.data for unit in self.units]


def test_a_picture_is_handed_on_with_its_marker_and_not_with_the_next_picture() -> None:
    bench = Bench()
    packets = _pictures(2, 3)
    assert bench.add(*packets[:2]) == []
    assert bench.add(packets[2]) == [b"0.0 0.1 0.2 "]


def test_without_markers_a_picture_ends_where_the_next_begins() -> None:
    bench = Bench()
    assert bench.add(*_pictures(3, 2, marker=False)) == [b"0.0 0.1 ", b"1.0 1.1 "]


def test_a_sender_whose_marker_does_not_end_the_picture_is_not_believed_again() -> None:
    bench = Bench()
    packets = _pictures(4, 2)
    for packet in packets:
        packet.marker = 1
    assert bench.add(*packets) == [b"0.0 ", b"1.0 1.1 ", b"2.0 2.1 "]
    assert [unit.after_loss for unit in bench.units] == [False, True, False]


@hypothesis.given(strategies.data())
def test_any_disorder_and_doubling_gives_the_same_pictures(data: strategies.DataObject) -> None:
    packets = _pictures(6, 3)
    disordered = [packets[0], *data.draw(strategies.permutations(packets[1:] + packets[3:9]))]
    bench = Bench()
    assert bench.add(*disordered) == Bench().add(*packets)
    assert bench.assembler.lost == 0
    assert bench.assembler.packets == len(packets)


def test_a_gap_is_held_open_for_a_while_and_then_given_up() -> None:
    bench = Bench()
    packets = _pictures(4, 2)
    bench.add(*packets[:2], packets[3], *packets[4:6])
    assert len(bench.units) == 1
    bench.now = 300 * _MS
    assert bench.add(packets[6], packets[7]) == [b"0.0 0.1 ", b"2.0 2.1 ", b"3.0 3.1 "]
    assert [unit.after_loss for unit in bench.units] == [False, True, False]
    assert bench.assembler.lost == 1


def test_a_retransmission_in_time_mends_the_gap() -> None:
    bench = Bench()
    packets = _pictures(2, 3)
    bench.add(packets[0], packets[2], packets[3])
    bench.now = 200 * _MS
    assert bench.add(packets[1]) == [b"0.0 0.1 0.2 "]
    assert not bench.units[0].after_loss


def test_what_waits_behind_a_gap_is_bounded() -> None:
    bench = Bench()
    packets = _pictures(600, 1)
    bench.add(packets[0], *packets[2:])
    assert len(bench.assembler._waiting) < 512
    assert bench.assembler.lost == 1


def test_a_picture_without_end_is_dropped() -> None:
    bench = Bench()
    for number in range(MAX_PAYLOAD_BYTES // 60_000 + 2):
        bench.add(Sent(number, 1, bytes(60_000)))
    assert bench.add(Sent(number + 1, 2, b"next", 1)) == [b"next"]
    assert bench.units[0].after_loss


def test_padding_is_no_media() -> None:
    bench = Bench()
    assert bench.add(Sent(1, 0, b"a", 1), Sent(2, 0, b""), Sent(3, 3000, b"b", 1)) == [b"a", b"b"]
    assert not bench.units[1].after_loss


@pytest.mark.parametrize(("sequence", "ssrc"), [(40_000, 7), (2, 8)])
def test_a_stream_that_begins_anew_is_followed(sequence: int, ssrc: int) -> None:
    bench = Bench()
    assert bench.add(Sent(1, 0, b"a", 1), Sent(sequence, 9, b"b", 1, ssrc)) == [b"a", b"b"]
    assert bench.units[1].after_loss
    assert bench.units[1].ssrc == ssrc


def test_sound_is_handed_on_packet_by_packet_and_waits_only_for_reordering() -> None:
    bench = Bench(video=False)
    assert bench.add(Sent(1, 0, b"a"), Sent(3, 1920, b"c")) == [b"a"]
    assert bench.add(Sent(2, 960, b"b")) == [b"a", b"b", b"c"]
    bench.add(Sent(5, 3840, b"e"))
    bench.now = 70 * _MS
    assert bench.add(Sent(6, 4800, b"f"))[3:] == [b"e", b"f"]
