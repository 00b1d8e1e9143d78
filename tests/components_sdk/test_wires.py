"""A wire under slow, dead, hung, late and lying peers."""

import os
import threading
import time

import pytest

from components.contract.media_types import Format
from components.contract.wire_format import Flag, Header, Kind, WireError
from components.sdk.frames import Frame, VideoFrame
from components.sdk.run_clock import RunClock
from components.sdk.testing_wires import Fed, wait_until
from components.sdk.wire_reader import WireReader
from components.sdk.wire_writer import WireWriter
from tests.components_sdk.wires import (
    FRAME_NS,
    SLOTS,
    connect,
    connect_ends,
    encoded,
    index_of,
    make_input,
    make_output,
    new_ring,
    open_pair,
    picture,
    wait_for_frames,
)

H264 = (Format.H264,)


def test_raw_pictures_cross_the_ring_unchanged_and_in_order() -> None:
    output, ring = make_output(), new_ring()
    took: list[Frame] = []
    reads = make_input(took)
    reads.attach(connect(output, ring))
    for index in range(50):
        output.write(picture(index))
        wait_for_frames(index + 1, took)
    output.end(final=True)
    wait_until(lambda: reads.all_final, "the wire ends")
    assert [int(frame.y[0, 0]) for frame in took if isinstance(frame, VideoFrame)] == list(range(50))
    assert reads.counters()["a.video->b.video"]["lost"] == 0
    os.close(ring)


def test_a_second_reader_that_stops_costs_the_first_nothing_and_its_own_loss_is_counted() -> None:
    output, ring = make_output(), new_ring()
    took: list[Frame] = []
    reads = make_input(took)
    reads.attach(connect(output, ring, wire="a.video->live.video"))
    stopped = connect(output, ring, wire="a.video->stopped.video")
    for index in range(100):
        output.write(picture(index))
        wait_for_frames(index + 1, took)
    counts = output.counters()
    assert counts["a.video->live.video"]["dropped"] == 0
    assert reads.counters()["a.video->live.video"]["lost"] == 0
    assert counts["a.video->stopped.video"]["dropped"] == 96
    assert counts["a.video->stopped.video"]["unread"] == 4
    stopped.close()
    output.write(picture(100))
    assert "a.video->stopped.video" not in output.counters()
    os.close(ring)


def test_rare_pictures_are_not_taken_for_a_slow_reader() -> None:
    output, ring = make_output(), new_ring()
    took: list[Frame] = []
    make_input(took).attach(connect(output, ring))
    for index in range(10):
        frame = picture(index)
        frame.pts = index * 2_000_000_000
        output.write(frame)
        wait_for_frames(index + 1, took)
        time.sleep(0.01)
    assert output.counters()["a.video->b.video"]["dropped"] == 0
    os.close(ring)


def test_an_encoded_wire_holds_at_most_a_quarter_of_a_second_and_resumes_at_a_keyframe() -> None:
    output = make_output(H264)
    requests: list[int] = []
    output.on_keyframe_request = lambda: requests.append(1)
    writer, reader = connect_ends(output, None, formats=H264)
    output.write(encoded(0, keyframe=True))
    for index in range(1, 30):
        output.write(encoded(index))
    held = output.counters()["a.video->b.video"]["unread"]
    assert held == 7  # 7 frames of 33.3 ms are the most that 250 ms hold
    assert output.counters()["a.video->b.video"]["dropped"] == 23
    assert requests, "the source is asked for a keyframe"
    took: list[Frame] = []
    reads = make_input(took, takes=H264)
    reads.attach(reader)
    wait_until(lambda: len(took) == 7, "what was held is read")
    # A frame is given back only after it was taken, and until then there is no room for the next.
    wait_until(Fed(output, writer).idle, "what was held is given back")
    output.write(encoded(30))
    output.write(encoded(31, keyframe=True))
    output.write(encoded(32))
    wait_until(lambda: len(took) == 9, "it goes on at the keyframe")
    assert [index_of(frame) for frame in took] == [0, 1, 2, 3, 4, 5, 6, 31, 32]
    assert reads.counters()["a.video->b.video"]["lost"] == 24
    assert output.counters()["a.video->b.video"]["dropped"] == 24


def test_a_reader_that_joins_late_gets_what_came_since_the_last_keyframe() -> None:
    output = make_output(H264)
    first: list[Frame] = []
    make_input(first, takes=H264).attach(connect(output, None, wire="one", formats=H264))
    for index in range(10):
        output.write(encoded(index, keyframe=index % 6 == 0))
        wait_for_frames(index + 1, first)
    late: list[Frame] = []
    make_input(late, takes=H264).attach(connect(output, None, wire="two", formats=H264))
    output.write(encoded(10))
    wait_until(lambda: len(late) == 5, "the cache and the newest")
    assert [index_of(frame) for frame in late] == [6, 7, 8, 9, 10]


def test_a_viewer_that_joins_late_starts_at_a_requested_keyframe() -> None:
    output = make_output(H264)
    requests: list[int] = []
    output.on_keyframe_request = lambda: requests.append(1)
    viewer: list[Frame] = []
    output.write(encoded(0, keyframe=True))
    make_input(viewer, takes=H264).attach(connect(output, None, formats=H264, join="keyframe"))
    output.write(encoded(1))
    assert requests == [1]
    output.write(encoded(2, keyframe=True))
    wait_until(lambda: viewer, "the keyframe comes")
    assert index_of(viewer[0]) == 2


def test_a_keyframe_is_asked_for_at_most_once_a_second() -> None:
    output = make_output(H264)
    requests: list[int] = []
    output.on_keyframe_request = lambda: requests.append(1)
    reader = connect(output, None, formats=H264)
    for index in range(50):
        output.write(encoded(index))
    assert len(requests) == 1
    reader.close()


def test_a_new_generation_replaces_the_old_one() -> None:
    output, ring = make_output(), new_ring()
    old = connect(output, ring, generation=1)
    output.write(picture(0))
    new = connect(output, ring, generation=2)
    output.write(picture(1))
    assert output.ends() == [{"wire": "a.video->b.video", "generation": 2, "end": "output"}]
    assert [received.header.pts for received in old] == [0]
    assert not old.ended
    output.end(final=False)
    assert [received.header.pts for received in new] == [FRAME_NS]
    assert new.ended
    os.close(ring)


def test_end_of_file_frees_the_slots_of_that_reader() -> None:
    output, ring = make_output(), new_ring()
    for _round in range(3 * SLOTS):
        reader = connect(output, ring)
        for index in range(4):
            output.write(picture(index))
        assert output.counters()["a.video->b.video"]["unread"] == 4
        reader.close()
        output.write(picture(5))
    last = connect(output, ring)
    output.write(picture(6))
    assert output.counters()["a.video->b.video"]["dropped"] == 0
    last.close()
    os.close(ring)


class JumpingClock(RunClock):
    """A clock that a test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead


def test_a_reader_that_hangs_is_given_up_when_its_credits_time_out() -> None:
    clock = JumpingClock()
    output, ring = make_output(clock=clock), new_ring()
    reader = connect(output, ring, clock=clock)
    output.write(picture(0))
    output.write(picture(1))
    clock.ahead = 6_000_000_000
    output.write(picture(2))
    assert output.ends() == []
    # It wakes up: the slot may hold something else by now, so the picture counts as lost.
    assert list(reader) == []
    assert reader.lost == 2
    os.close(ring)


def test_a_frame_larger_than_the_slots_asks_for_a_larger_ring_and_uses_it() -> None:
    asked: list[int] = []
    output, ring = make_output(want_ring=asked.append), new_ring()
    small = connect(output, ring, generation=1)
    output.write(picture(0, 1280, 720))
    output.write(picture(1, 1280, 720))
    assert asked == [1280 * 720 * 3 // 2]
    larger = new_ring(asked[0])
    took: list[Frame] = []
    reads = make_input(took)
    reads.attach(connect(output, larger, generation=2, slot_bytes=asked[0]))
    output.write(picture(7, 1280, 720))
    wait_until(lambda: took, "the large picture comes")
    assert isinstance(took[0], VideoFrame)
    assert (took[0].width, int(took[0].y[719, 1279])) == (1280, 7)
    assert list(small) == []
    for descriptor in (ring, larger):
        os.close(descriptor)


def test_a_frame_is_rendered_straight_into_the_ring() -> None:
    output, ring = make_output(), new_ring()
    reader = connect(output, ring)
    frame = output.new_frame(640, 360, pts=5, duration=FRAME_NS)
    frame.data[:] = 77
    output.write(frame)
    output.end(final=False)
    received = next(iter(reader))
    assert (received.header.kind, received.header.pts, set(received.payload)) == (Kind.SLOT, 5, {77})
    os.close(ring)


def test_discarded_frames_give_their_slots_back() -> None:
    output, ring = make_output(), new_ring()
    reader = connect(output, ring)
    for _index in range(5 * SLOTS):
        output.discard(output.new_frame(640, 360, pts=0))
    output.write(picture(1))
    assert output.counters()["a.video->b.video"]["dropped"] == 0
    reader.close()
    os.close(ring)


def test_an_access_unit_larger_than_the_socket_arrives_whole() -> None:
    output = make_output(H264)
    reader = connect(output, None, formats=H264)
    took: list[Frame] = []
    output.write(encoded(0, keyframe=True, size=3_900_000))
    make_input(took, takes=H264).attach(reader)
    for index in range(1, 400):
        output.write(encoded(index, keyframe=True))
        if took:
            break
        time.sleep(0.005)
    wait_until(lambda: took, "the large one comes")
    assert len(took[0].data) == 3_900_000  # type: ignore[union-attr]
    output.end(final=False)


@pytest.mark.parametrize(
    "lie",
    [
        b"\xff" * 40,
        Header(Kind.MEDIA, size=4).pack() + b"abcd",
        Header(Kind.CREDIT, sequence=1).pack(),
        Header(Kind.DESCRIPTION, size=2).pack() + b"{}",
    ],
    ids=["noise", "media before its description", "a credit downstream", "a description without format"],
)
def test_a_writer_that_breaks_the_format_is_refused(lie: bytes) -> None:
    ours, theirs = open_pair()
    reader = WireReader(theirs, wire="w", generation=1, ring=None, clock=RunClock())
    ours.sendall(lie)
    with pytest.raises(WireError):
        list(reader)
    assert reader.closed


def test_a_reader_that_breaks_the_format_loses_its_wire_alone() -> None:
    output, ring = make_output(), new_ring()
    ours, theirs = open_pair()
    liar = WireWriter(ours, wire="liar", generation=1, formats=(Format.I420,), join="cache", clock=RunClock())
    output.attach(liar, (os.dup(ring), SLOTS, 640 * 360 * 3 // 2))
    honest = connect(output, ring, wire="honest")
    theirs.sendall(b"\x63" * 40)
    for index in range(3):
        output.write(picture(index))
    assert [end["wire"] for end in output.ends()] == ["honest"]
    honest.close()
    os.close(ring)


def test_a_header_that_claims_too_much_is_refused() -> None:
    with pytest.raises(WireError, match="over the limit"):
        Header.unpack(Header(Kind.MEDIA, size=5 * 1024 * 1024).pack())


def test_a_dead_reader_never_makes_the_writer_wait() -> None:
    output, ring = make_output(), new_ring()
    connect(output, ring)
    done = threading.Event()

    def write() -> None:
        for index in range(1000):
            output.write(picture(index))
        done.set()

    threading.Thread(target=write, daemon=True).start()
    assert done.wait(30)
    os.close(ring)


def test_flags_say_what_was_replayed() -> None:
    output = make_output(H264)
    output.write(encoded(0, keyframe=True))
    first = connect(output, None, wire="one", formats=H264)
    output.write(encoded(1, keyframe=True))
    late = connect(output, None, wire="two", formats=H264)
    output.write(encoded(2))
    output.end(final=False)
    assert [received.header.flags for received in first] == [Flag.KEYFRAME, 0]
    assert [received.header.flags for received in late] == [Flag.KEYFRAME | Flag.CACHED, 0]
