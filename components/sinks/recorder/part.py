"""One file of a recording: which access units belong into it, and when in it they are."""

from collections.abc import Mapping, Sequence

from components.sdk.frames import EncodedFrame
from components.sinks.recorder.destination import CountingDestination, Destination
from components.sinks.recorder.mp4_muxer import Mp4Muxer
from components.sinks.recorder.tracks import Held, Track
from components.sinks.recorder.webm_muxer import WebmMuxer

_MUXERS: dict[str, type[Mp4Muxer | WebmMuxer]] = {"mp4": Mp4Muxer, "webm": WebmMuxer}
MEDIA_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
_SECOND_NS = 1_000_000_000


class Part:
    """A file being written; its tracks are fixed, nothing is decoded and nothing written is ever changed.

    Args:
        destination: takes the bytes; not closed here.
        container: "mp4" or "webm".
        tracks: by port.
        frames: what the file begins with; its time 0 is the first picture, or the first sound where there is none.
    """

    def __init__(
        self, destination: Destination, *, container: str, tracks: Mapping[str, Track], frames: Sequence[Held]
    ) -> None:
        self.tracks = dict(tracks)
        self.video_ports = [port for port, track in tracks.items() if track.is_video]
        leading = self.video_ports or list(tracks)
        self._zero = min(frame.pts for port, frame in frames if port in leading)
        self._file = CountingDestination(destination)
        self._muxer = _MUXERS[container](self._file, self.tracks)
        self._last = dict.fromkeys(self.tracks, -1)

    @property
    def bytes(self) -> int:
        """Bytes in the file so far."""
        return self._file.bytes

    @property
    def bytes_due(self) -> int:
        """Bytes in the file, and of the packets that wait for their fragment."""
        return self._file.bytes + self._file.due

    def takes(self, port: str, track: Track, frame: EncodedFrame) -> bool:
        """Whether an access unit belongs into this file as it is."""
        known = self.tracks.get(port)
        return known is not None and known.continues_as(track, frame)

    def write(self, port: str, frame: EncodedFrame) -> bool:
        """Append one access unit; False for sound from before the first picture, which is left out.

        Raises:
            Exception: whatever the destination raised.
            av.FFmpegError: the muxer cannot take it.
        """
        track = self.tracks[port]
        if frame.pts < self._zero and not track.is_video:
            return False
        # Live encoders have no B-frames: what comes later is shown later, whatever its stamp was rounded to.
        ticks = max(_to_ticks(frame.pts - self._zero, track.clock_rate), self._last[port] + 1)
        self._last[port] = ticks
        self._file.due += len(frame.data)
        duration = _to_ticks(frame.duration, track.clock_rate)
        self._muxer.write(port, frame.data, ticks=ticks, duration=duration, keyframe=frame.keyframe)
        return True

    def close(self) -> None:
        """Write what is held and the end of the file.

        Raises:
            Exception: whatever the destination raised; the file plays up to there.
        """
        self._muxer.close()


def _to_ticks(nanoseconds: int, rate: int) -> int:
    return (nanoseconds * rate + _SECOND_NS // 2) // _SECOND_NS
