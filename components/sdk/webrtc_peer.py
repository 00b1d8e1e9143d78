"""A WebRTC peer that receives and does not decode.

Its parts lie beside it: `webrtc_session` (its life), `webrtc_offer` (what may come in), `webrtc_guard` (whose
datagrams), `webrtc_passthrough` and `webrtc_assembly` (access units), `webrtc_timeline` (when), `webrtc_track` and
`webrtc_bitstream` (what).
"""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Sequence

from aiortc import RTCRtpTransceiver
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.sdp import MediaDescription
from aiortc.stats import RTCInboundRtpStreamStats

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.contract.wire_format import KEYFRAME_REQUEST_INTERVAL_NS
from components.sdk.frames import EncodedFrame
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_assembly import AccessUnit, Assembler
from components.sdk.webrtc_codecs import CLOCK_RATES, choose_received
from components.sdk.webrtc_offer import CandidatePolicy
from components.sdk.webrtc_passthrough import cap_bitrate, send_picture_loss, take_encoded
from components.sdk.webrtc_session import CONNECT_SECONDS, PeerSession
from components.sdk.webrtc_timeline import SessionTimeline
from components.sdk.webrtc_track import TrackReader

logger = logging.getLogger(__name__)
MAX_BITRATE = 20_000_000


@dataclasses.dataclass(frozen=True)
class _Stream:
    """What belongs to one media section."""

    media_type: MediaType
    receiver: RTCRtpReceiver
    assembler: Assembler
    reader: TrackReader


class ReceivingPeer(PeerSession):
    """One publisher's session. Belongs to one event loop; only `request_keyframe` may be called from elsewhere.

    Args:
        formats: what the ports take, in order of preference; the first that the publisher offers is agreed on.
        clock: of the run; every pts is on it.
        on_frame: called in the loop with each encoded frame.
        on_end: called in the loop once, with the reason, when the session is over, whoever ended it.
        policy: which of the publisher's addresses may be tried.
        max_bitrate: bits a second of video that the publisher may send; it is told so.
        connect_seconds: how long it may take to connect.

    Attributes:
        state: "new", "connecting", "connected" or "ended".
        max_bitrate: as above; may be set at any time, from any thread.
        keyframe_requests: sent to the publisher.
    """

    def __init__(
        self,
        *,
        formats: Sequence[Format],
        clock: RunClock,
        on_frame: Callable[[MediaType, EncodedFrame], None],
        on_end: Callable[[str], None],
        policy: CandidatePolicy | None = None,
        max_bitrate: int = MAX_BITRATE,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        super().__init__(role="publisher", on_end=on_end, policy=policy, connect_seconds=connect_seconds)
        self.max_bitrate = max_bitrate
        self.keyframe_requests = 0
        self._formats = tuple(formats)
        self._clock = clock
        self._on_frame = on_frame
        self._timeline = SessionTimeline()
        self._streams: list[_Stream] = []
        self._requested_at = 0
        self._request_timer: asyncio.TimerHandle | None = None
        self._heard_at = time.monotonic()

    def _prepare(self, sections: list[MediaDescription]) -> None:
        for media in sections:
            fmt, codecs = choose_received(media, self._formats)
            transceiver = self._connection.addTransceiver(media.kind, direction="recvonly")
            transceiver.setCodecPreferences(codecs)
            self._receive(transceiver, fmt)

    def _receive(self, transceiver: RTCRtpTransceiver, fmt: Format) -> None:
        media_type = MEDIA_TYPE[fmt]

        def deliver(frame: EncodedFrame) -> None:
            self._on_frame(media_type, frame)

        timeline = self._timeline.new_track(CLOCK_RATES[media_type])
        reader = TrackReader(fmt, timeline, self._clock, deliver, self.request_keyframe)

        def take(unit: AccessUnit) -> None:
            self._heard_at = time.monotonic()
            if self.state != "ended":
                reader.take(unit)

        assembler = Assembler(take, video=media_type is MediaType.VIDEO)
        take_encoded(transceiver.receiver, assembler, reader.report)
        if media_type is MediaType.VIDEO:
            cap_bitrate(transceiver.receiver, lambda: self.max_bitrate)
        self._streams.append(_Stream(media_type, transceiver.receiver, assembler, reader))

    def _connected(self) -> None:
        self._heard_at = time.monotonic()

    def _release(self) -> None:
        if self._request_timer:
            self._request_timer.cancel()

    @property
    def silent_seconds(self) -> float:
        """How long nothing has come from the publisher."""
        return time.monotonic() - self._heard_at

    def request_keyframe(self) -> None:
        """Ask the publisher for a keyframe, at most once a second; one asked for too soon goes out when it may."""
        self._loop.call_soon_threadsafe(self._request_keyframe)

    def _request_keyframe(self) -> None:
        if self.state == "ended" or self._request_timer:
            return
        wait = self._requested_at + KEYFRAME_REQUEST_INTERVAL_NS - time.monotonic_ns()
        self._request_timer = self._loop.call_later(max(wait, 0) / 1e9, self._send_keyframe_request)

    def _send_keyframe_request(self) -> None:
        self._request_timer = None
        for stream in self._streams:
            if stream.media_type is MediaType.VIDEO and stream.reader.ssrc is not None:
                self._requested_at = time.monotonic_ns()
                self.keyframe_requests += 1
                self._loop.create_task(send_picture_loss(stream.receiver, stream.reader.ssrc))

    async def count(self) -> dict[str, float]:
        """Packets and bytes received, packets lost for good, and the jitter in milliseconds as it is now."""
        jitter = 0.0
        for stream in self._streams:
            rate = CLOCK_RATES[stream.media_type]
            for one in (await stream.receiver.getStats()).values():
                if isinstance(one, RTCInboundRtpStreamStats) and one.ssrc == stream.reader.ssrc:
                    jitter = max(jitter, one.jitter * 1000 / rate)
        return {
            "packets": sum(stream.assembler.packets for stream in self._streams),
            "bytes": sum(stream.assembler.bytes for stream in self._streams),
            "lost": sum(stream.assembler.lost for stream in self._streams),
            "jitter_ms": jitter,
        }
