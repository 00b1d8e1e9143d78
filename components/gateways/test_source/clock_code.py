"""A clock that machines read: blocks at the bottom edge that survive an encoder, so that tests know frames apart."""

import numpy as np
from numpy.typing import NDArray

_VALUE_BITS = 32
_CELLS = 40
"""32 bits of milliseconds and 8 of checksum, highest first, black 0 and white 1."""
_CHECK_SEED = 0xA5
_BLACK, _WHITE = 16, 235
_MIN_CELL_PIXELS = 12


class ClockCode:
    """Where the blocks are in a picture of one size: 40 of them in one row, or in 2 or 4 rows where it is narrow.

    Attributes:
        top: first row of pixels that the blocks cover; they reach to the bottom edge.
    """

    def __init__(self, width: int, height: int) -> None:
        self._columns = next((one for one in (40, 20) if width // one >= _MIN_CELL_PIXELS), 10)
        self._cell_width = width // self._columns
        self._cell_height = max(4, min(24, self._cell_width, height // 16) & ~1)
        self._rows = _CELLS // self._columns
        self.top = height - self._rows * self._cell_height

    def write(self, luma: NDArray[np.uint8], milliseconds: int) -> None:
        """Draw a time into a luma plane (height, width)."""
        bits = np.array([code >> shift & 1 for code in _encode(milliseconds) for shift in range(7, -1, -1)], np.uint8)
        lines = np.repeat((bits * (_WHITE - _BLACK) + _BLACK).reshape(self._rows, self._columns), self._cell_width, 1)
        width = self._columns * self._cell_width
        for row, line in enumerate(lines):
            top = self.top + row * self._cell_height
            luma[top : top + self._cell_height, :width] = line

    def read(self, luma: NDArray[np.uint8]) -> int | None:
        """The milliseconds in a luma plane, or None where no clock can be read."""
        width = self._columns * self._cell_width
        cells = luma[self.top :, :width].reshape(self._rows, self._cell_height, self._columns, self._cell_width)
        # The edges of a block are blurred into its neighbours.
        across, down = self._cell_width // 4, self._cell_height // 4
        inner = cells[:, down : self._cell_height - down, :, across : self._cell_width - across]
        bits = inner.mean(axis=(1, 3)).reshape(-1) > (_BLACK + _WHITE) / 2
        codes = np.packbits(bits).tobytes()
        milliseconds = int.from_bytes(codes[:4], "big")
        return milliseconds if _encode(milliseconds) == codes else None


def read_clock(luma: NDArray[np.uint8]) -> int | None:
    """The source's clock in a picture: milliseconds since its start, or None where none can be read.

    Args:
        luma: the Y plane, (height, width), in the size in which the source made it.
    """
    height, width = luma.shape
    return ClockCode(width, height).read(luma)


def _encode(milliseconds: int) -> bytes:
    value = (milliseconds % (1 << _VALUE_BITS)).to_bytes(4, "big")
    check = _CHECK_SEED
    for byte in value:
        check ^= byte
    return value + bytes([check])
