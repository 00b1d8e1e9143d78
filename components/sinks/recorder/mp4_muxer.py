"""Fragmented MP4 by FFmpeg's muxer: H.264 and Opus, two fragments a second (ISO/IEC 14496-12, 8.8)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av

from components.contract.media_types import Format
from components.sinks.recorder.destination import Destination
from components.sinks.recorder.opus_header import open_opus_template
from components.sinks.recorder.tracks import Track

_OPTIONS = {
    # The moov comes with the first fragment, so that its edit lists can say when each track begins.
    "movflags": "frag_keyframe+empty_moov+delay_moov+default_base_moof",
    "frag_duration": "500000",
    # How long a packet waits for the other track, in microseconds; with a fragment it is what a kill can lose.
    "max_interleave_delta": "300000",
}


class Mp4Muxer:
    """Writes to a destination that can only be appended to."""

    def __init__(self, destination: Destination, tracks: Mapping[str, Track]) -> None:
        self._output: Any = av.open(destination, "w", format="mp4", container_options=_OPTIONS)
        self._streams = {port: self._add_stream(track) for port, track in tracks.items()}
        self._time_bases = {port: Fraction(1, track.clock_rate) for port, track in tracks.items()}

    def _add_stream(self, track: Track) -> Any:
        time_base = Fraction(1, track.clock_rate)
        if track.format is Format.OPUS:
            with open_opus_template(track.channels) as template:
                return self._output.add_stream_from_template(template, time_base=time_base)
        # The muxer finds the parameter sets in the first keyframe, and turns start codes into lengths.
        return self._output.add_mux_stream(
            str(track.format), width=track.width, height=track.height, time_base=time_base
        )

    def write(self, port: str, data: bytes, *, ticks: int, duration: int, keyframe: bool) -> None:
        """Add one access unit, times in ticks of its track's clock."""
        packet = av.Packet(data)
        packet.stream = self._streams[port]
        packet.time_base = self._time_bases[port]
        packet.pts = packet.dts = ticks
        packet.duration = duration
        packet.is_keyframe = keyframe
        self._output.mux(packet)

    def close(self) -> None:
        """Write what is held, and the index of the fragments."""
        self._output.close()
