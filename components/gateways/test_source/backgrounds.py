"""What stands behind the clock: bars, a gradient that moves, a ball that bounces; all drawn before the first frame."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from components.sdk.frames import VideoFrame

_BARS = ((191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191))
"""75 % colour bars, left to right."""
_GRADIENT_SECONDS = 8
_FIELD = (24, 48, 96)
_BALL = (255, 160, 32)
_CROSSINGS_A_SECOND = (0.31, 0.47)
"""How often the ball crosses the picture, across and down; not in step, so that it goes everywhere."""
Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


class Background(Protocol):
    """Fills every pixel of a frame."""

    def paint(self, frame: VideoFrame, elapsed: int) -> None:
        """Paint the picture of a time, in nanoseconds since the source's start."""


def to_yuv(red: float, green: float, blue: float) -> tuple[int, int, int]:
    """8-bit RGB to limited-range Y, Cb, Cr (ITU-R BT.601, which decoders assume where nothing is said)."""
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    return (
        round(luma),
        round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
        round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
    )


class Bars:
    """Colour bars that stand still."""

    def __init__(self, width: int, height: int) -> None:
        still = VideoFrame.blank(width, height, 0)
        edges = [width * index // len(_BARS) & ~1 for index in range(len(_BARS))] + [width]
        for index, colour in enumerate(_BARS):
            left, right = edges[index], edges[index + 1]
            for plane, value, scale in zip((still.y, still.u, still.v), to_yuv(*colour), (1, 2, 2), strict=True):
                plane[:, left // scale : right // scale] = value
        self._still = still.data

    def paint(self, frame: VideoFrame, elapsed: int) -> None:
        """One copy."""
        np.copyto(frame.data, self._still)


class Gradient:
    """Light and colour that wander to the left, once round in eight seconds."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        turn = np.arange(2 * width) * 2 * np.pi / width
        slope = np.linspace(0, 24, height)[:, None]
        self._y = np.round(100 + 56 * np.sin(turn) + slope).astype(np.uint8)
        half = turn[::2]
        rows = np.ones((height // 2, 1))
        self._u = np.round((128 + 60 * np.cos(half)) * rows).astype(np.uint8)
        self._v = np.round((128 + 60 * np.sin(half * 2)) * rows).astype(np.uint8)

    def paint(self, frame: VideoFrame, elapsed: int) -> None:
        """A window that moves over planes twice as wide."""
        period = _GRADIENT_SECONDS * 1_000_000_000
        left = elapsed % period * self._width // period & ~1
        frame.y[:] = self._y[:, left : left + self._width]
        frame.u[:] = self._u[:, left // 2 : (left + self._width) // 2]
        frame.v[:] = self._v[:, left // 2 : (left + self._width) // 2]


class Ball:
    """A ball on a plain field."""

    def __init__(self, width: int, height: int) -> None:
        self._size = max(8, min(width, height) // 5 & ~1)
        self._room = (width - self._size, height - self._size)
        field = VideoFrame.blank(width, height, 0)
        for plane, value in zip((field.y, field.u, field.v), to_yuv(*_FIELD), strict=True):
            plane[:] = value
        self._field = field.data
        self._ball = self._draw()

    def _draw(self) -> Planes:
        """The ball on its piece of the field, edges smoothed."""
        planes = []
        for size, field, ball in zip(
            (self._size, self._size // 2, self._size // 2), to_yuv(*_FIELD), to_yuv(*_BALL), strict=True
        ):
            axis = np.arange(size) - (size - 1) / 2
            inside = np.clip(size / 2 - np.hypot(axis[:, None], axis[None, :]), 0, 1)
            planes.append(np.round(field + (ball - field) * inside).astype(np.uint8))
        return planes[0], planes[1], planes[2]

    def paint(self, frame: VideoFrame, elapsed: int) -> None:
        """One copy of the field, and the ball where it is by now."""
        np.copyto(frame.data, self._field)
        left, top = (
            round(room * _bounce(elapsed / 1e9 * crossings)) & ~1
            for room, crossings in zip(self._room, _CROSSINGS_A_SECOND, strict=True)
        )
        for plane, ball, scale in zip((frame.y, frame.u, frame.v), self._ball, (1, 2, 2), strict=True):
            rows, columns = ball.shape
            plane[top // scale : top // scale + rows, left // scale : left // scale + columns] = ball


def _bounce(crossings: float) -> float:
    """There and back between 0 and 1."""
    return abs((crossings + 1) % 2 - 1)


BACKGROUNDS: dict[str, type[Bars] | type[Gradient] | type[Ball]] = {"bars": Bars, "gradient": Gradient, "ball": Ball}
"""By the value of the parameter `pattern`."""
