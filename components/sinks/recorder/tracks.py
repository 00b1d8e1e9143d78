"""What a track is: when two access units may not share one, a new file begins."""

import collections
import dataclasses
from typing import Self

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.sdk.frames import EncodedFrame

_SPS, _PPS = 7, 8
_SEARCHED_BYTES = 4096
"""Parameter sets stand at the front of an access unit; pictures are not searched."""
_MAX_WAITING = 2000
_MAX_WAITING_BYTES = 16 * 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Track:
    """What must stay the same within one track of one file.

    Attributes:
        format: of the access units.
        width, height: pixels, 0 for sound.
        channels: of sound, 0 for video.
        parameter_sets: H.264's SPS and PPS, empty for others.
    """

    format: Format
    width: int = 0
    height: int = 0
    channels: int = 0
    parameter_sets: bytes = b""

    @classmethod
    def of(cls, frame: EncodedFrame) -> Self:
        """The track that an access unit belongs to."""
        description = frame.description
        if MEDIA_TYPE[frame.format] is MediaType.AUDIO:
            return cls(frame.format, channels=description.channels or 2)
        sets = find_parameter_sets(frame.data) if frame.keyframe and frame.format is Format.H264 else b""
        return cls(frame.format, description.width, description.height, parameter_sets=sets)

    @property
    def is_video(self) -> bool:
        """Whether it starts at a keyframe."""
        return MEDIA_TYPE[self.format] is MediaType.VIDEO

    @property
    def clock_rate(self) -> int:
        """Ticks a second of its time stamps in a file."""
        return 90000 if self.is_video else 48000

    def continues_as(self, other: "Track", frame: EncodedFrame) -> bool:
        """Whether an access unit may follow in this track; one between keyframes has no parameter sets to compare."""
        if not (frame.keyframe and other.parameter_sets):
            other = dataclasses.replace(other, parameter_sets=self.parameter_sets)
        return self == other


def find_parameter_sets(data: bytes) -> bytes:
    """The SPS and PPS units at the front of an Annex B access unit, one after the other (ITU-T H.264, 7.3.1)."""
    units = data[:_SEARCHED_BYTES].split(b"\x00\x00\x01")[1:]
    return b"".join(unit.rstrip(b"\x00") for unit in units if unit and unit[0] & 0x1F in (_SPS, _PPS))


Held = tuple[str, EncodedFrame]


class Waiting:
    """Access units that wait for their part to begin, and the tracks that they make."""

    def __init__(self) -> None:
        self.tracks: dict[str, Track] = {}
        self._frames: collections.deque[Held] = collections.deque()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._frames)

    @property
    def full(self) -> bool:
        """Whether it holds as much as it may."""
        return len(self._frames) >= _MAX_WAITING or self._bytes >= _MAX_WAITING_BYTES

    def fits(self, port: str, track: Track, frame: EncodedFrame) -> bool:
        """Whether it can share a part with what waits."""
        known = self.tracks.get(port)
        return known is None or known.continues_as(track, frame)

    def add(self, port: str, track: Track, frame: EncodedFrame) -> int:
        """Hold one more; returns how many of the oldest had to go for it."""
        self.tracks.setdefault(port, track)
        gone = 0
        while self.full:
            self._bytes -= len(self._frames.popleft()[1].data)
            gone += 1
        self._frames.append((port, frame))
        self._bytes += len(frame.data)
        return gone

    def take(self) -> tuple[dict[str, Track], list[Held]]:
        """Everything, leaving nothing."""
        tracks, frames = self.tracks, list(self._frames)
        self.tracks, self._bytes = {}, 0
        self._frames.clear()
        return tracks, frames
