"""A WebRTC peer that receives and does not decode: the only door between aiortc and the rest.

Its parts lie beside it: `webrtc_offer` (what may come in), `webrtc_guard` (whose datagrams), `webrtc_passthrough`
and `webrtc_assembly` (access units), `webrtc_timeline` (when), `webrtc_track` and `webrtc_bitstream` (what).
"""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Sequence

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.codecs import get_capabilities
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcpeerconnection import is_codec_compatible
from aiortc.rtcrtpparameters import RTCRtpCodecCapability, RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.sdp import MediaDescription, SessionDescription
from aiortc.stats import RTCInboundRtpStreamStats

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.contract.wire_format import KEYFRAME_REQUEST_INTERVAL_NS
from components.sdk.frames import EncodedFrame
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_assembly import AccessUnit, Assembler
from components.sdk.webrtc_guard import install_guard
from components.sdk.webrtc_offer import CandidatePolicy, OfferRefused, clean_offer
from components.sdk.webrtc_passthrough import cap_bitrate, send_picture_loss, take_encoded
from components.sdk.webrtc_timeline import SessionTimeline
from components.sdk.webrtc_track import OPUS_CLOCK_RATE, VIDEO_CLOCK_RATE, TrackReader

logger = logging.getLogger(__name__)
CONNECT_SECONDS = 30.0
"""How long an answered session may take until media can flow; then it is freed (RFC 9725, 4.2)."""
MAX_BITRATE = 20_000_000
_MIME_TYPES = {Format.H264: "video/h264", Format.VP8: "video/vp8", Format.OPUS: "audio/opus"}
_CLOCK_RATES = {MediaType.VIDEO: VIDEO_CLOCK_RATE, MediaType.AUDIO: OPUS_CLOCK_RATE}
_CLOSE_SECONDS = 5.0


@dataclasses.dataclass(frozen=True)
class _Stream:
    """What belongs to one media section."""

    media_type: MediaType
    receiver: RTCRtpReceiver
    assembler: Assembler
    reader: TrackReader


class ReceivingPeer:
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
        install_guard()
        self.state = "new"
        self.max_bitrate = max_bitrate
        self.keyframe_requests = 0
        self._formats = tuple(formats)
        self._clock = clock
        self._on_frame = on_frame
        self._on_end = on_end
        self._policy = policy or CandidatePolicy()
        self._connect_seconds = connect_seconds
        self._loop = asyncio.get_running_loop()
        self._timeline = SessionTimeline()
        self._streams: list[_Stream] = []
        self._requested_at = 0
        self._request_timer: asyncio.TimerHandle | None = None
        self._connect_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._heard_at = time.monotonic()
        # No STUN server: one that does not answer would cost five seconds (and aiortc's default is a stranger's).
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(configuration)
        self._connection.on("connectionstatechange", self._connection_changed)

    async def answer(self, offer: str) -> str:
        """Answer an SDP offer; from then on the session ends by `close`, by its peer or by a time-out.

        Raises:
            OfferRefused: malformed, over a bound or not supported; the session is closed.
        """
        try:
            cleaned = clean_offer(offer, self._policy)
            answer = await self._negotiate(cleaned)
        except OfferRefused as refusal:
            await self.close(refusal.reason)
            raise
        except Exception as error:
            # aiortc's parser raises what it happens to stumble over: each is the offer's fault.
            logger.info("an offer could not be read: %r", error)
            await self.close("the offer could not be read")
            raise OfferRefused(400, "the offer could not be read") from error
        self.state = "connecting"
        self._connect_timer = self._loop.call_later(self._connect_seconds, self._not_connected)
        return answer

    async def _negotiate(self, offer: str) -> str:
        for media in SessionDescription.parse(offer).media:
            fmt, codecs = _choose_codecs(media, self._formats)
            transceiver = self._connection.addTransceiver(media.kind, direction="recvonly")
            transceiver.setCodecPreferences(codecs)
            self._receive(transceiver, fmt)
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for transceiver in self._connection.getTransceivers():
            transport = transceiver.receiver.transport
            if transport._role == "auto":
                # The publisher then speaks first, as soon as its own checks succeed (RFC 8842, 5.3).
                transport._set_role("server")
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    def _receive(self, transceiver: RTCRtpTransceiver, fmt: Format) -> None:
        media_type = MEDIA_TYPE[fmt]

        def deliver(frame: EncodedFrame) -> None:
            self._on_frame(media_type, frame)

        timeline = self._timeline.new_track(_CLOCK_RATES[media_type])
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

    def _connection_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and self.state == "connecting":
            self.state = "connected"
            self._heard_at = time.monotonic()
            if self._connect_timer:
                self._connect_timer.cancel()
        elif state in ("failed", "closed") and self.state != "ended":
            self._end_soon("the publisher left" if self.state == "connected" else "the connection failed")

    def _not_connected(self) -> None:
        self._end_soon(f"no connection within {self._connect_seconds:g} s")

    def _end_soon(self, reason: str) -> None:
        if self._closing is None:
            self._closing = self._loop.create_task(self.close(reason))

    async def close(self, reason: str) -> None:
        """End the session and free its sockets; again only waits until that is done."""
        if self.state == "ended":
            await self._closed.wait()
            return
        self.state = "ended"
        for timer in (self._connect_timer, self._request_timer):
            if timer:
                timer.cancel()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._connection.close()
        except Exception as error:
            logger.warning("a session did not close in order: %r", error)
        logger.info("session ended: %s", reason)
        self._closed.set()
        self._on_end(reason)

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
            rate = _CLOCK_RATES[stream.media_type]
            for one in (await stream.receiver.getStats()).values():
                if isinstance(one, RTCInboundRtpStreamStats) and one.ssrc == stream.reader.ssrc:
                    jitter = max(jitter, one.jitter * 1000 / rate)
        return {
            "packets": sum(stream.assembler.packets for stream in self._streams),
            "bytes": sum(stream.assembler.bytes for stream in self._streams),
            "lost": sum(stream.assembler.lost for stream in self._streams),
            "jitter_ms": jitter,
        }


def _choose_codecs(media: MediaDescription, formats: Sequence[Format]) -> tuple[Format, list[RTCRtpCodecCapability]]:
    """The first of the formats that a section offers, and what to agree on for it: no other codec may then come.

    Raises:
        OfferRefused: none of them is offered.
    """
    capabilities = get_capabilities(media.kind).codecs
    wanted = [fmt for fmt in formats if MEDIA_TYPE[fmt] == media.kind]
    for fmt in wanted:
        codecs = [
            codec for codec in capabilities if codec.mimeType.lower() == _MIME_TYPES[fmt] and _is_offered(codec, media)
        ]
        if codecs:
            # Retransmissions on a stream of their own can only be told apart if the offer names it (RFC 4588, 8.2).
            named = any(group.semantic == "FID" for group in media.ssrc_group)
            return fmt, codecs + [one for one in capabilities if named and one.name.lower() == "rtx"]
    names = ", ".join(wanted) or "nothing"
    raise OfferRefused(422, f"offer one of these for {media.kind}: {names}; H.264 as baseline in packetization mode 1")


def _is_offered(codec: RTCRtpCodecCapability, media: MediaDescription) -> bool:
    ours = RTCRtpCodecParameters(codec.mimeType, codec.clockRate, codec.channels, parameters=codec.parameters)
    return any(is_codec_compatible(ours, theirs) for theirs in media.rtp.codecs)
