"""One received stream: access units in, encoded frames on the run's clock out."""

import logging
from collections.abc import Callable

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.sdk.frames import EncodedFrame
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_assembly import AccessUnit
from components.sdk.webrtc_bitstream import BitstreamError, H264Stream, opus_duration_ns, read_vp8_header
from components.sdk.webrtc_codecs import OPUS_CLOCK_RATE, VIDEO_CLOCK_RATE
from components.sdk.webrtc_timeline import TrackTimeline

logger = logging.getLogger(__name__)
_OPUS_CHANNELS = 2


class TrackReader:
    """Names what an access unit is and when it was captured; video begins, and goes on after a loss, at a keyframe.

    Attributes:
        ssrc: of the newest unit, None before the first.
        frames: handed on.
        keyframes: among them.
    """

    def __init__(
        self,
        fmt: Format,
        timeline: TrackTimeline,
        clock: RunClock,
        deliver: Callable[[EncodedFrame], None],
        want_keyframe: Callable[[], None],
    ) -> None:
        self.format = fmt
        self.ssrc: int | None = None
        self.frames = 0
        self.keyframes = 0
        self._timeline = timeline
        self._clock = clock
        self._deliver = deliver
        self._want_keyframe = want_keyframe
        self._h264 = H264Stream()
        self._to_keyframe = fmt is not Format.OPUS
        self._description = Description(fmt, VIDEO_CLOCK_RATE)

    def take(self, unit: AccessUnit) -> None:
        """Hand a unit on as a frame, unless it cannot be decoded."""
        if unit.ssrc != self.ssrc:
            if self.ssrc is not None:
                self._timeline.restart()
            self.ssrc = unit.ssrc
        pts = self._timeline.pts(unit.timestamp, self._clock.to_run(unit.arrived))
        if self.format is Format.OPUS:
            description = Description(
                Format.OPUS, OPUS_CLOCK_RATE, sample_rate=OPUS_CLOCK_RATE, channels=_OPUS_CHANNELS
            )
            duration = opus_duration_ns(unit.data)
            self._hand_on(EncodedFrame(Format.OPUS, unit.data, True, pts, duration, description))
            return
        data, keyframe = self._read(unit)
        if keyframe:
            self._to_keyframe = False
        elif unit.after_loss or not data:
            self._to_keyframe = True
        if self._to_keyframe:
            self._want_keyframe()
            return
        self._hand_on(EncodedFrame(self.format, data, keyframe, pts, 0, self._description))

    def _read(self, unit: AccessUnit) -> tuple[bytes, bool]:
        """The unit ready for a decoder, and whether it is a keyframe; empty where it is damaged."""
        try:
            if self.format is Format.H264:
                data, keyframe = self._h264.take(unit.data)
                width, height = self._h264.width, self._h264.height
            else:
                header = read_vp8_header(unit.data)
                data, keyframe, width, height = unit.data, header.keyframe, header.width, header.height
        except BitstreamError as error:
            logger.info("a %s access unit of %d bytes is damaged: %s", self.format, len(unit.data), error)
            return b"", False
        if keyframe and (width, height) != (self._description.width, self._description.height):
            logger.info("%s of %dx%d", self.format, width, height)
            self._description = Description(self.format, VIDEO_CLOCK_RATE, width, height)
        return data, keyframe

    def _hand_on(self, frame: EncodedFrame) -> None:
        self.frames += 1
        self.keyframes += frame.keyframe
        self._deliver(frame)

    def report(self, ssrc: int, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """Take a sender report of this stream; those of others, such as of retransmissions, are ignored."""
        if ssrc == self.ssrc:
            self._timeline.report(ntp_timestamp, rtp_timestamp)
