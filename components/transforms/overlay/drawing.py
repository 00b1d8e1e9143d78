"""From parameters to small pictures: text in a font, and an image that somebody sent."""

import base64
import binascii
import functools
import io
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont, UnidentifiedImageError

from components.sdk.component import ParameterRefused

_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
_MAX_IMAGE_PIXELS = 1920 * 1088
_IMAGE_FORMATS = ("PNG", "JPEG", "WEBP")
_REMEDY = "give a PNG, as base64 or as data:image/png;base64,..."


def draw_text(text: str, *, size: int, colour: str, align: str, room: tuple[int, int]) -> Image.Image:
    """Text with a thin edge that sets it off from any picture; what does not fit into the room is cut off.

    Args:
        text: one or more lines.
        size: pixels of a line.
        colour: "#rrggbb".
        align: "left", "center" or "right", of lines among each other.
        room: most pixels, (width, height).
    """
    font = _load_font(size)
    edge = max(1, size // 16)
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = probe.multiline_textbbox((0, 0), text, font=font, stroke_width=edge, align=align)
    width, height = (
        max(1, min(int(side + 1), most)) for side, most in ((right - left, room[0]), (bottom - top, room[1]))
    )
    red, green, blue = _read_colour(colour)
    bright = 299 * red + 587 * green + 114 * blue > 96_000
    edge_colour = (0, 0, 0) if bright else (255, 255, 255)
    image = Image.new("RGBA", (width, height), (*edge_colour, 0))
    ImageDraw.Draw(image).multiline_text(
        (-left, -top),
        text,
        font=font,
        fill=(red, green, blue, 255),
        stroke_width=edge,
        stroke_fill=(*edge_colour, 255),
        align=align,
    )
    return image


def read_image(encoded: str) -> Image.Image:
    """An image from base64 text, with or without a data: URI's head.

    Raises:
        ParameterRefused: not base64, not an image that can be read, or too large.
    """
    head, comma, body = encoded.partition(",")
    try:
        data = base64.b64decode(body if comma else head, validate=True)
    except binascii.Error as error:
        raise ParameterRefused(f"image: not base64 ({error}); {_REMEDY}") from None
    try:
        with Image.open(io.BytesIO(data), formats=_IMAGE_FORMATS) as image:
            width, height = image.size
            if width * height > _MAX_IMAGE_PIXELS:
                raise ParameterRefused(
                    f"image: {width}x{height} is too large; give one of at most {_MAX_IMAGE_PIXELS} pixels"
                )
            return image.convert("RGBA")
    except ParameterRefused:
        raise
    except Exception as error:
        # Decoders raise whatever foreign bytes make them raise.
        # What Pillow cannot name, it describes by the address of a buffer.
        why = "of no known kind" if isinstance(error, UnidentifiedImageError) else str(error)
        raise ParameterRefused(f"image: it cannot be read ({why}); {_REMEDY}") from None


def check_colour(colour: str) -> None:
    """Refuse what is no colour.

    Raises:
        ParameterRefused: it is not #rrggbb.
    """
    _read_colour(colour)


def _read_colour(colour: str) -> tuple[int, int, int]:
    try:
        red, green, blue = ImageColor.getrgb(colour)[:3]
    except ValueError:
        raise ParameterRefused(f"colour: {colour!r} is no colour; give one such as #ffffff") from None
    return red, green, blue


@functools.lru_cache(maxsize=8)
def _load_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(str(_FONT), size)
    except OSError:
        return ImageFont.load_default(size)
