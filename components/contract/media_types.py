"""What flows on a wire: three media types, and the formats within each."""

import enum


class MediaType(enum.StrEnum):
    """The three colours of the canvas; a wire joins ports of one type."""

    VIDEO = "video"
    AUDIO = "audio"
    DATA = "data"


class Format(enum.StrEnum):
    """How media of one type is laid out, as planned before the run and stated in band."""

    I420 = "i420"
    """Raw planar YUV 4:2:0, full-width rows without padding: Y, then U, then V."""
    H264 = "h264"
    """Annex B access units, parameter sets before every IDR (ITU-T H.264, annex B)."""
    VP8 = "vp8"
    """One VP8 frame a message (RFC 6386)."""
    S16 = "s16"
    """Raw interleaved signed 16-bit little-endian samples."""
    OPUS = "opus"
    """One Opus packet a message (RFC 6716)."""
    MESSAGE = "message"
    """A data message: a type, a JSON meta and a payload."""


MEDIA_TYPE: dict[Format, MediaType] = {
    Format.I420: MediaType.VIDEO,
    Format.H264: MediaType.VIDEO,
    Format.VP8: MediaType.VIDEO,
    Format.S16: MediaType.AUDIO,
    Format.OPUS: MediaType.AUDIO,
    Format.MESSAGE: MediaType.DATA,
}
"""Which media type each format belongs to."""

RAW: dict[MediaType, Format] = {MediaType.VIDEO: Format.I420, MediaType.AUDIO: Format.S16}
"""The format that transforms compute on; the sdk decodes to it and encodes from it."""


_UNCOMPRESSED = frozenset(RAW.values())


def is_raw(fmt: Format) -> bool:
    """Whether frames of this format are uncompressed."""
    return fmt in _UNCOMPRESSED
