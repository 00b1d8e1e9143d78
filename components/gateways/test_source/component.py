"""A picture with a running clock and a tone, made here, so that a pipeline can be tried without a camera."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from components.gateways.test_source.pattern import Pattern
from components.gateways.test_source.tone import BLOCK_NS, SAMPLE_RATE, Tone
from components.sdk.component import Node, ParameterRefused, Source
from components.sdk.frames import AudioFrame

_SECOND_NS = 1_000_000_000
_LATE_NS = _SECOND_NS
"""A source later than this skips what it missed instead of catching up."""


class TestSource(Source):
    """Picture and sound in a thread each, both on the run's clock from one start: what they mark falls together."""

    __test__ = False

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.measures = {"frames_made": 0, "frames_skipped": 0, "blocks_skipped": 0}
        self._pattern: Pattern
        self._tone: Tone
        self._broken: Exception | None = None

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Draw whatever can be drawn before its time."""
        width, height = parameters["width"], parameters["height"]
        if width % 2 or height % 2:
            raise ParameterRefused(f"width and height must be even, not {width}x{height}")
        pattern = Pattern(
            width,
            height,
            background=parameters["pattern"],
            clock=parameters["clock"],
            flash=parameters["tone"] == "beep",
        )
        tone = Tone(kind=parameters["tone"], hertz=parameters["tone_hz"], decibels=parameters["tone_db"])
        self._pattern, self._tone = pattern, tone

    def run(self) -> None:
        """Make what is wired until the end; what breaks in one thread breaks the source."""
        start = self.clock.now()
        loops = {"video": self._make_pictures, "audio": self._make_sound}
        threads = [
            threading.Thread(target=self._guard, args=(loop, start), name=port, daemon=True)
            for port, loop in loops.items()
            if self.outputs[port].wires
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._broken:
            raise self._broken
        self.stopping.wait()

    def _guard(self, loop: Callable[[int], None], start: int) -> None:
        try:
            loop(start)
        except Exception as error:
            self._broken = error

    @property
    def _is_over(self) -> bool:
        return self.stopping.is_set() or self._broken is not None

    def _make_pictures(self, start: int) -> None:
        output = self.outputs["video"]
        number = index = 0
        rate = self.parameters["frame_rate"]
        while True:
            if rate != self.parameters["frame_rate"]:
                # Frames stay on whole seconds at any rate: frame k * rate is due at second k.
                index = -(-index * self.parameters["frame_rate"] // rate)
                rate = self.parameters["frame_rate"]
            elapsed = index * _SECOND_NS // rate
            late = self._wait_until(start + elapsed)
            if self._is_over:
                return
            if late > _LATE_NS:
                skipped = late * rate // _SECOND_NS
                index, number = index + skipped, number + skipped
                self.measures["frames_skipped"] += skipped
                continue
            pattern, size = self._pattern, self.parameters
            frame = output.new_frame(size["width"], size["height"], pts=start + elapsed, duration=_SECOND_NS // rate)
            pattern.paint(frame, elapsed=elapsed, number=number)
            output.write(frame)
            self.measures["frames_made"] += 1
            index, number = index + 1, number + 1

    def _make_sound(self, start: int) -> None:
        output = self.outputs["audio"]
        number = 0
        while True:
            pts = start + number * BLOCK_NS
            late = self._wait_until(pts)
            if self._is_over:
                return
            if late > _LATE_NS:
                number += late // BLOCK_NS
                self.measures["blocks_skipped"] += late // BLOCK_NS
                continue
            output.write(AudioFrame(self._tone.block(number), SAMPLE_RATE, pts, BLOCK_NS))
            number += 1

    def _wait_until(self, due: int) -> int:
        """Sleep until a time on the run's clock or the end; returns how late it is, in nanoseconds."""
        while (early := due - self.clock.now()) > 0:
            if self.stopping.wait(early / 1e9):
                break
        return -early
