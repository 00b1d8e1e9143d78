"""The whole test picture: a background, the clock for people, the clock for machines, and the flash."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from components.gateways.test_source.backgrounds import BACKGROUNDS, Background
from components.gateways.test_source.clock_code import ClockCode
from components.gateways.test_source.digits import BLACK, WHITE, Digits
from components.sdk.frames import VideoFrame

MARK_NS = 100_000_000
"""How long flash and beep last, from each whole second of the source's clock."""
_SECOND_NS = 1_000_000_000
_TIME_CHARACTERS = len("00:00:00.000")
_NEUTRAL = 128


@dataclasses.dataclass(frozen=True)
class Box:
    """A rectangle of even pixels."""

    left: int
    top: int
    width: int
    height: int

    def fill(self, frame: VideoFrame, luma: int) -> None:
        """Paint it one shade of grey."""
        for plane, value, scale in ((frame.y, luma, 1), (frame.u, _NEUTRAL, 2), (frame.v, _NEUTRAL, 2)):
            rows = slice(self.top // scale, (self.top + self.height) // scale)
            plane[rows, self.left // scale : (self.left + self.width) // scale] = value


def find_flash_box(width: int, height: int) -> Box:
    """Where the flash is: a square at the right, black between flashes."""
    size = max(8, height // 6 & ~1)
    return Box((width - size - width // 32) & ~1, height // 8 & ~1, size, size)


def read_flash(luma: NDArray[np.uint8]) -> bool:
    """Whether a picture (its Y plane) is within a flash."""
    height, width = luma.shape
    box = find_flash_box(width, height)
    inner = luma[box.top + 2 : box.top + box.height - 2, box.left + 2 : box.left + box.width - 2]
    return bool(inner.mean() > (BLACK + WHITE) / 2)


class Pattern:
    """Paints frames of one size.

    Args:
        width, height: pixels, even.
        background: "bars", "gradient" or "ball".
        clock: whether both clocks are drawn.
        flash: whether each whole second is marked.
    """

    def __init__(self, width: int, height: int, *, background: str, clock: bool, flash: bool) -> None:
        self._background: Background = BACKGROUNDS[background](width, height)
        self._clock = clock
        self._flash = find_flash_box(width, height) if flash else None
        self._code = ClockCode(width, height)
        size = max(8, min(height // 7, width * 10 // (_TIME_CHARACTERS * 7)))
        self._large, self._small = Digits(size), Digits(max(8, size // 2))
        self._code_box = Box(0, self._code.top, width, height - self._code.top)
        wide = min(self._large.width * _TIME_CHARACTERS, width)
        top = (height * 9 // 16) & ~1
        self._time_box = Box((width - wide) // 2 & ~1, top, wide, self._large.height)

    def paint(self, frame: VideoFrame, *, elapsed: int, number: int) -> None:
        """Paint every pixel.

        Args:
            frame: of this pattern's size.
            elapsed: nanoseconds since the source's start.
            number: counts frames from 0.
        """
        self._background.paint(frame, elapsed)
        if self._flash:
            self._flash.fill(frame, WHITE if elapsed % _SECOND_NS < MARK_NS else BLACK)
        if self._clock:
            self._paint_clocks(frame, elapsed // 1_000_000, number)

    def _paint_clocks(self, frame: VideoFrame, milliseconds: int, number: int) -> None:
        luma = frame.y
        self._code_box.fill(frame, BLACK)
        self._code.write(luma, milliseconds)
        seconds, rest = divmod(milliseconds, 1000)
        text = f"{seconds // 3600 % 100:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
        box = self._time_box
        self._clear_colour(frame, box)
        self._write(luma, self._large, text, box.left, box.top)
        below = Box(box.left, box.top + box.height, self._small.width * len("frame 0000000"), self._small.height)
        self._clear_colour(frame, below)
        self._write(luma, self._small, f"frame {number % 10_000_000:07}", below.left, below.top)

    def _write(self, luma: NDArray[np.uint8], digits: Digits, text: str, left: int, top: int) -> None:
        room = (luma.shape[1] - left) // digits.width
        if top + digits.height <= self._code.top:
            digits.write(luma, text[:room], left=left, top=top)

    @staticmethod
    def _clear_colour(frame: VideoFrame, box: Box) -> None:
        rows, columns = (
            slice(box.top // 2, (box.top + box.height) // 2),
            slice(box.left // 2, (box.left + box.width) // 2),
        )
        frame.u[rows, columns] = _NEUTRAL
        frame.v[rows, columns] = _NEUTRAL
