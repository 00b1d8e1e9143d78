"""Live WebM: VP8 and Opus, every block appended as it comes (RFC 9559; webmproject.org/docs/container).

FFmpeg's muxer holds sound back for as long as a VP8 track pauses, without bound; this one holds 200 ms.
"""

import heapq
import struct
from collections.abc import Mapping

from components.contract.media_types import Format
from components.sinks.recorder.destination import Destination
from components.sinks.recorder.opus_header import make_opus_head
from components.sinks.recorder.tracks import Track

_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK_ENTRY, _CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0xAE,
    0x1F43B675,
)
_SIMPLE_BLOCK, _CLUSTER_TIMESTAMP = 0xA3, 0xE7
_UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"
_APPLICATION = "media-pipeline-factory"
_CODECS = {Format.VP8: "V_VP8", Format.OPUS: "A_OPUS"}
_MAX_HELD_MS = 200
_CLUSTER_MS = 2000
_KEYFRAME_FLAG = 0x80
_SEEK_PRE_ROLL_NS = 80_000_000


class WebmMuxer:
    """Writes to a destination that can only be appended to."""

    def __init__(self, destination: Destination, tracks: Mapping[str, Track]) -> None:
        self._destination = destination
        self._numbers = {port: number for number, port in enumerate(tracks, 1)}
        self._tracks = dict(tracks)
        self._held: list[tuple[int, int, str, bytes, bool]] = []
        self._counts = dict.fromkeys(tracks, 0)
        self._order = 0
        self._cluster: int | None = None
        destination.write(_header(tracks))

    def write(self, port: str, data: bytes, *, ticks: int, duration: int, keyframe: bool) -> None:
        """Add one frame, times in ticks of its track's clock; blocks leave in the order of their times."""
        milliseconds = (ticks * 1000 + self._tracks[port].clock_rate // 2) // self._tracks[port].clock_rate
        self._order += 1
        heapq.heappush(self._held, (milliseconds, self._order, port, data, keyframe))
        self._counts[port] += 1
        while self._held and (all(self._counts.values()) or milliseconds - self._held[0][0] > _MAX_HELD_MS):
            self._write_block()

    def close(self) -> None:
        """Write what is held."""
        while self._held:
            self._write_block()

    def _write_block(self) -> None:
        milliseconds, _order, port, data, keyframe = heapq.heappop(self._held)
        self._counts[port] -= 1
        head = b""
        new_picture = keyframe and self._tracks[port].is_video
        if self._cluster is None or new_picture or abs(milliseconds - self._cluster) >= _CLUSTER_MS:
            self._cluster = milliseconds
            head = _identify(_CLUSTER) + _UNKNOWN_SIZE + _unsigned(_CLUSTER_TIMESTAMP, milliseconds)
        block = struct.pack(
            ">BhB", 0x80 | self._numbers[port], milliseconds - self._cluster, _KEYFRAME_FLAG if keyframe else 0
        )
        self._destination.write(head + _element(_SIMPLE_BLOCK, block + data))


def _header(tracks: Mapping[str, Track]) -> bytes:
    ebml = (
        _unsigned(0x4286, 1)
        + _unsigned(0x42F7, 1)
        + _unsigned(0x42F2, 4)
        + _unsigned(0x42F3, 8)
        + _text(0x4282, "webm")
        + _unsigned(0x4287, 4)
        + _unsigned(0x4285, 2)
    )
    info = _unsigned(0x2AD7B1, 1_000_000) + _text(0x4D80, _APPLICATION) + _text(0x5741, _APPLICATION)
    entries = b"".join(_track_entry(number, track) for number, track in enumerate(tracks.values(), 1))
    segment = _identify(_SEGMENT) + _UNKNOWN_SIZE
    return _element(_EBML, ebml) + segment + _element(_INFO, info) + _element(_TRACKS, entries)


def _track_entry(number: int, track: Track) -> bytes:
    """TrackNumber, TrackUID, FlagLacing 0, CodecID, TrackType, and what video or sound need."""
    entry = (
        _unsigned(0xD7, number) + _unsigned(0x73C5, number) + _unsigned(0x9C, 0) + _text(0x86, _CODECS[track.format])
    )
    if track.is_video:
        size = _unsigned(0xB0, track.width) + _unsigned(0xBA, track.height)
        return _element(_TRACK_ENTRY, entry + _unsigned(0x83, 1) + _element(0xE0, size))
    sound = _element(0xB5, struct.pack(">d", track.clock_rate)) + _unsigned(0x9F, track.channels)
    opus = (
        _element(0x63A2, make_opus_head(track.channels)) + _unsigned(0x56AA, 0) + _unsigned(0x56BB, _SEEK_PRE_ROLL_NS)
    )
    return _element(_TRACK_ENTRY, entry + _unsigned(0x83, 2) + _element(0xE1, sound) + opus)


def _element(identity: int, payload: bytes) -> bytes:
    """An EBML element (RFC 8794, section 4), its size in eight bytes where it needs more than one."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 0x7F else struct.pack(">Q", length | 1 << 56)
    return _identify(identity) + size + payload


def _identify(identity: int) -> bytes:
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big")


def _unsigned(identity: int, value: int) -> bytes:
    return _element(identity, value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big"))


def _text(identity: int, text: str) -> bytes:
    return _element(identity, text.encode())
