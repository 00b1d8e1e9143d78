"""Feeds the gateway as a pipeline does: pictures and sound in real time, a flash and a beep at each whole second."""

import contextlib
import threading
from collections.abc import Callable, Iterator

import numpy as np

from components.contract.media_types import Format
from components.sdk.encoders import OpusEncoder, VideoEncoder
from components.sdk.frames import AudioFrame, VideoFrame
from components.sdk.run_clock import RunClock
from components.sdk.testing import Harness

FRAME_NS = 40_000_000
BLOCK_NS = 20_000_000
MARK_NS = 100_000_000
_SECOND_NS = 1_000_000_000
_WIDTH, _HEIGHT = 320, 240
_RATE, _HERTZ = 48_000, 1000


class LiveFeed:
    """Runs until the test is over.

    Args:
        harness: of the gateway.
        video: how pictures are encoded; None feeds none.
        audio: whether there is sound.
        video_delay_ns: how much later than they were captured pictures come, as behind a slow transform.
        keyframe_every: pictures between keyframes that nobody asked for; 0 for the first alone.

    Attributes:
        requests: run-clock times at which a keyframe was asked for.
        pictures: written so far.
    """

    def __init__(
        self,
        harness: Harness,
        *,
        video: Format | None = Format.H264,
        audio: bool = True,
        video_delay_ns: int = 0,
        keyframe_every: int = 50,
    ) -> None:
        self.requests: list[int] = []
        self.pictures = 0
        self.format = video
        self._harness = harness
        self._clock = RunClock()
        self._delay = video_delay_ns
        self._keyframe_every = keyframe_every
        self._stop = threading.Event()
        self._wanted = threading.Event()
        loops: list[Callable[[int], None]] = []
        if video:
            harness.fed("video").output.on_keyframe_request = self._asked
            loops.append(self._make_pictures)
        if audio:
            loops.append(self._make_sound)
        start = self._clock.now() // _SECOND_NS * _SECOND_NS + _SECOND_NS // 2
        self._threads = [threading.Thread(target=loop, args=(start,), daemon=True) for loop in loops]

    def _asked(self) -> None:
        self.requests.append(self._clock.now())
        self._wanted.set()

    def _wait(self, due: int) -> None:
        if (early := due - self._clock.now()) > 0:
            self._stop.wait(early / 1e9)

    def _make_pictures(self, start: int) -> None:
        output = self._harness.fed("video").output
        made: Format | None = None
        encoder = VideoEncoder(Format.H264)
        while not self._stop.is_set():
            pts = start + self.pictures * FRAME_NS
            self._wait(pts + self._delay)
            if self.format is not made and self.format:
                made, encoder = self.format, VideoEncoder(self.format)
            picture = VideoFrame.blank(_WIDTH, _HEIGHT, pts, FRAME_NS)
            picture.y[:] = 235 if pts % _SECOND_NS < MARK_NS else 32 + self.pictures % 8
            if self._wanted.is_set() or (self._keyframe_every and self.pictures % self._keyframe_every == 0):
                self._wanted.clear()
                encoder.force_keyframe()
            for frame in encoder.encode(picture):
                # The encoder makes one every two seconds by itself: a test may want none.
                output.write(frame)
            self.pictures += 1

    def _make_sound(self, start: int) -> None:
        output, encoder = self._harness.fed("audio").output, OpusEncoder()
        number = 0
        while not self._stop.is_set():
            pts = start + number * BLOCK_NS
            self._wait(pts)
            times = np.arange(_RATE * BLOCK_NS // _SECOND_NS) / _RATE
            wave = np.sin(2 * np.pi * _HERTZ * times) * (12_000 if pts % _SECOND_NS < MARK_NS else 0)
            for frame in encoder.encode(AudioFrame(wave.astype(np.int16)[:, None], _RATE, pts, BLOCK_NS)):
                output.write(frame)
            number += 1

    @contextlib.contextmanager
    def running(self) -> Iterator["LiveFeed"]:
        """Feed within the block."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(5)
