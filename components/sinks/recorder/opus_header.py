"""The header of an Opus track, and for a muxer that takes one only from a stream, that of an Ogg stream around it."""

import contextlib
import io
import struct
from collections.abc import Iterator
from typing import Any

import av

_CRC_POLYNOMIAL = 0x04C11DB7
_SILENCE = b"\xfc\xff\xfe"
_RATE = 48000


def make_opus_head(channels: int) -> bytes:
    """The identification header (RFC 7845, section 5.1).

    Its pre-skip is 0: a live stream is joined in the middle, and every packet's time stamp is that of its own
    first sample, so nothing is to be skipped.
    """
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, 0, _RATE, 0, 0)


@contextlib.contextmanager
def open_opus_template(channels: int) -> Iterator[Any]:
    """A stream to copy an Opus track from; valid inside the `with`."""
    head = make_opus_head(channels)
    vendor = b"media-pipeline-factory"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = _ogg_page(head, sequence=0, flags=2) + _ogg_page(tags, sequence=1, flags=0)
    stream = io.BytesIO(pages + _ogg_page(_SILENCE, sequence=2, flags=4))
    with av.open(stream, format="ogg") as container:
        yield container.streams.audio[0]


def _ogg_page(payload: bytes, *, sequence: int, flags: int) -> bytes:
    """One page with one packet of at most 254 bytes (RFC 3533, section 6)."""
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, 1, sequence, 0, 1) + bytes([len(payload)])
    checksum = struct.pack("<I", _ogg_checksum(head + payload))
    return head[:22] + checksum + head[26:] + payload


def _ogg_checksum(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte << 24
        for _bit in range(8):
            carry = register & 0x80000000
            register = (register << 1) & 0xFFFFFFFF
            if carry:
                register ^= _CRC_POLYNOMIAL
    return register
