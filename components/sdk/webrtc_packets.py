"""Cuts encoded frames into the payloads of RTP packets, once for however many viewers."""

import dataclasses
from collections.abc import Iterable

from components.contract.media_types import Format
from components.sdk.frames import EncodedFrame
from components.sdk.webrtc_bitstream import split_annex_b

MAX_PAYLOAD_BYTES = 1160
"""With every header of a packet it stays below the 1280 bytes that any path of IPv6 carries."""
_STAP_A, _FU_A = 24, 28
_FU_START, _FU_END = 0x80, 0x40
_FU_HEADER_BYTES, _STAP_LENGTH_BYTES = 2, 2
_VP8_BEGINS, _VP8_GOES_ON = b"\x10", b"\x00"
_SPS, _DELIMITER = 7, 9
_BASELINE, _MAIN, _EXTENDED = 66, 77, 88


@dataclasses.dataclass(frozen=True, slots=True)
class Packed:
    """One access unit as payloads of RTP packets; the last of them gets the marker.

    Attributes:
        format: of the unit.
        payloads: at most `MAX_PAYLOAD_BYTES` each; shared by all viewers.
        keyframe: decodable by itself.
        pts: nanoseconds on the run's clock.
        size: bytes of all payloads.
    """

    format: Format
    payloads: tuple[bytes, ...]
    keyframe: bool
    pts: int
    size: int


def pack(frame: EncodedFrame) -> Packed:
    """A frame as payloads: H.264 in packetization mode 1 (RFC 6184), VP8 (RFC 7741), Opus (RFC 7587).

    An H.264 frame without NAL units, or an empty one, has no payloads.
    """
    if frame.format is Format.H264:
        payloads = tuple(_pack_h264(unit for unit in split_annex_b(frame.data) if unit[0] & 0x1F != _DELIMITER))
    elif frame.format is Format.VP8:
        payloads = tuple(_pack_vp8(frame.data))
    elif frame.format is Format.OPUS:
        payloads = (frame.data,) if frame.data else ()
    else:
        raise ValueError(f"{frame.format} is not sent by RTP")
    return Packed(frame.format, payloads, frame.keyframe, frame.pts, sum(map(len, payloads)))


def _pack_h264(units: Iterable[bytes]) -> Iterable[bytes]:
    """Small units share a packet (5.7.1), large ones are cut (5.8)."""
    small: list[bytes] = []
    room = MAX_PAYLOAD_BYTES - 1
    for unit in units:
        needed = len(unit) + _STAP_LENGTH_BYTES
        if small and needed > room:
            yield _join(small)
            small, room = [], MAX_PAYLOAD_BYTES - 1
        if len(unit) > MAX_PAYLOAD_BYTES:
            yield from _cut(unit)
        else:
            small.append(unit)
            room -= needed
    if small:
        yield _join(small)


def _join(units: list[bytes]) -> bytes:
    if len(units) == 1:
        return units[0]
    importance = max(unit[0] & 0x60 for unit in units)
    return bytes([importance | _STAP_A]) + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def _cut(unit: bytes) -> Iterable[bytes]:
    indicator, kind = unit[0] & 0xE0 | _FU_A, unit[0] & 0x1F
    step = MAX_PAYLOAD_BYTES - _FU_HEADER_BYTES
    for start in range(1, len(unit), step):
        place = (_FU_START if start == 1 else 0) | (_FU_END if start + step >= len(unit) else 0)
        yield bytes([indicator, place | kind]) + unit[start : start + step]


def _pack_vp8(data: bytes) -> Iterable[bytes]:
    """Without a picture number: packets are told apart by their own, and no viewer sees a gap that is none."""
    step = MAX_PAYLOAD_BYTES - 1
    for start in range(0, len(data), step):
        yield (_VP8_GOES_ON if start else _VP8_BEGINS) + data[start : start + step]


def is_baseline(frame: EncodedFrame) -> bool:
    """Whether an H.264 keyframe's parameter set states (constrained) baseline (RFC 6184, 8.1, table 5)."""
    for unit in split_annex_b(frame.data):
        if unit[0] & 0x1F == _SPS and len(unit) > 3:
            profile, constraints = unit[1], unit[2]
            return (
                profile == _BASELINE
                or (profile == _MAIN and bool(constraints & 0x80))
                or (profile == _EXTENDED and constraints & 0xC0 == 0xC0)
            )
    return False
