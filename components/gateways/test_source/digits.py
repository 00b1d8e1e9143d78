"""Figures for the clock in the picture, drawn once each, so that a running clock costs a few copies a frame."""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf")
_CHARACTERS = "0123456789:. frame"
BLACK, WHITE = 16, 235


class Digits:
    """Luma of white characters on black, all of one width.

    Attributes:
        width, height: pixels of one character.
    """

    def __init__(self, size: int) -> None:
        font = _load_font(size)
        boxes = [font.getbbox(one) for one in _CHARACTERS]
        # Even sides let the chroma under them be cleared exactly.
        self.width = _even(max(font.getlength(one) for one in _CHARACTERS))
        self.height = _even(max(box[3] for box in boxes) + size / 8)
        self._glyphs = {one: self._draw(one, font) for one in _CHARACTERS}

    def _draw(self, character: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> NDArray[np.uint8]:
        image = Image.new("L", (self.width, self.height), BLACK)
        ImageDraw.Draw(image).text((0, 0), character, fill=WHITE, font=font)
        return np.asarray(image, np.uint8)

    def write(self, luma: NDArray[np.uint8], text: str, *, left: int, top: int) -> None:
        """Write a text into a luma plane; it must fit."""
        for character in text:
            luma[top : top + self.height, left : left + self.width] = self._glyphs[character]
            left += self.width


@functools.cache
def _load_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(str(_FONT), size)
    except OSError:
        return ImageFont.load_default(size)


def _even(value: float) -> int:
    return (int(value) + 2) & ~1
