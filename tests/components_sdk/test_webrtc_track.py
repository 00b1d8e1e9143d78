"""From access units to frames: where video begins, and where it goes on after a loss."""

import dataclasses
import fractions

import av
import numpy as np
import pytest

from components.contract.media_types import Format
from components.sdk.frames import EncodedFrame
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_assembly import AccessUnit
from components.sdk.webrtc_timeline import SessionTimeline
from components.sdk.webrtc_track import TrackReader

_ENCODERS = {Format.VP8: "libvpx", Format.H264: "libx264"}


def _units(fmt: Format, count: int, keyframe_every: int, size: tuple[int, int] = (320, 240)) -> list[AccessUnit]:
    encoder = av.CodecContext.create(_ENCODERS[fmt], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.time_base = fractions.Fraction(1, 30)
    encoder.gop_size = keyframe_every
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast"} if fmt is Format.H264 else {"lag-in-frames": "0"}
    packets: list[bytes] = []
    for index in range(count):
        luma = np.full((size[1] * 3 // 2, size[0]), index * 5 % 200, np.uint8)
        frame = av.VideoFrame.from_ndarray(luma, format="yuv420p")
        frame.pts = index
        packets += [bytes(one) for one in encoder.encode(frame)]
    packets += [bytes(one) for one in encoder.encode(None)]
    return [AccessUnit(one, 3000 * at, 7, 10**9 + at * 33_333_333, False) for at, one in enumerate(packets)]


class Bench:
    """A reader, what it handed on and how often it asked for a keyframe."""

    def __init__(self, fmt: Format) -> None:
        self.frames: list[EncodedFrame] = []
        self.wishes = 0
        timeline = SessionTimeline().new_track(90_000)
        self.reader = TrackReader(fmt, timeline, RunClock(), self.frames.append, self._wish)

    def _wish(self) -> None:
        self.wishes += 1

    def take(self, units: list[AccessUnit]) -> list[bool]:
        """Give units; returns for each frame so far whether it is a keyframe."""
        for unit in units:
            self.reader.take(unit)
        return [frame.keyframe for frame in self.frames]


@pytest.mark.parametrize("fmt", [Format.VP8, Format.H264])
def test_video_begins_at_a_keyframe_and_asks_for_one_until_then(fmt: Format) -> None:
    bench = Bench(fmt)
    units = _units(fmt, 8, keyframe_every=4)
    assert bench.take(units[1:4]) == []
    assert bench.wishes == 3
    assert bench.take(units[4:]) == [True, False, False, False]
    assert bench.wishes == 3


@pytest.mark.parametrize("fmt", [Format.VP8, Format.H264])
def test_after_a_loss_video_goes_on_at_the_next_keyframe(fmt: Format) -> None:
    bench = Bench(fmt)
    units = _units(fmt, 8, keyframe_every=4)
    units[2] = dataclasses.replace(units[2], after_loss=True)
    assert bench.take(units) == [True, False, True, False, False, False]
    assert bench.wishes == 2


def test_a_keyframe_right_after_a_loss_is_taken() -> None:
    bench = Bench(Format.VP8)
    units = _units(Format.VP8, 8, keyframe_every=4)
    units[4] = dataclasses.replace(units[4], after_loss=True)
    assert len(bench.take(units)) == 8
    assert bench.wishes == 0


def test_a_damaged_unit_is_dropped_and_a_keyframe_asked_for() -> None:
    bench = Bench(Format.VP8)
    units = _units(Format.VP8, 4, keyframe_every=30)
    damaged = dataclasses.replace(units[1], data=b"\x10\0\0garbage")
    assert bench.take([units[0], damaged, *units[2:]]) == [True]
    assert bench.wishes == 3


def test_the_description_follows_the_size_of_the_pictures() -> None:
    bench = Bench(Format.H264)
    bench.take(_units(Format.H264, 2, 30))
    later = [
        dataclasses.replace(one, timestamp=one.timestamp + 90_000) for one in _units(Format.H264, 2, 30, (640, 360))
    ]
    bench.take(later)
    sizes = [(frame.description.width, frame.description.height) for frame in bench.frames]
    assert sizes == [(320, 240)] * 2 + [(640, 360)] * 2


def test_lost_sound_does_not_stop_sound() -> None:
    bench = Bench(Format.OPUS)
    packets = [AccessUnit(bytes([31 << 3, 1]), 960 * at, 7, 10**9 + at * 20_000_000, at == 2) for at in range(4)]
    assert bench.take(packets) == [True] * 4
    assert bench.wishes == 0
    assert {frame.description.sample_rate for frame in bench.frames} == {48_000}


def test_a_stream_of_another_source_goes_on_in_time() -> None:
    bench = Bench(Format.VP8)
    first = _units(Format.VP8, 3, 30)
    second = [
        dataclasses.replace(one, ssrc=8, timestamp=(one.timestamp + 2**31) % 2**32, arrived=one.arrived + 10**9)
        for one in _units(Format.VP8, 3, 30)
    ]
    bench.take(first + second)
    assert bench.frames[3].pts - bench.frames[0].pts == 10**9
