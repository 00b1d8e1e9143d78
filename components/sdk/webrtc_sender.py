"""A WebRTC peer that sends what is encoded already and encodes nothing.

Its parts lie beside it: `webrtc_session` (its life), `webrtc_offer` (what may come in), `webrtc_guard` (whose
datagrams), `webrtc_codecs` (what is agreed on), `webrtc_packets` (what is sent), `webrtc_outgoing` (how, and by which
clock) and `webrtc_queue` (what waits).
"""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping

from aiortc import RTCRtpTransceiver
from aiortc.sdp import MediaDescription

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.sdk.webrtc_codecs import CLOCK_RATES, choose_sent, choose_unused
from components.sdk.webrtc_offer import CandidatePolicy, OfferRefused
from components.sdk.webrtc_outgoing import NtpClock, OutgoingStream
from components.sdk.webrtc_packets import Packed
from components.sdk.webrtc_queue import ViewerQueue
from components.sdk.webrtc_session import CONNECT_SECONDS, PeerSession


@dataclasses.dataclass
class _Track:
    """What belongs to one media section in which something is sent."""

    format: Format
    stream: OutgoingStream
    queue: ViewerQueue
    sending: asyncio.Task[None] | None = None


class SendingPeer(PeerSession):
    """One viewer's session. Belongs to one event loop.

    Args:
        formats: what the pipeline carries of each media type; no other codec is agreed on.
        ntp: what the sender reports of all viewers are dated by.
        on_ready: called in the loop once, when video (sound, where there is no video) can be sent.
        on_keyframe_request: called in the loop whenever the viewer cannot go on without a keyframe.
        on_end: called in the loop once, with the reason, when the session is over, whoever ended it.
        policy: which of the viewer's addresses may be tried.
        connect_seconds: how long it may take to connect.

    Attributes:
        state: "new", "connecting", "connected" or "ended".
        formats: as above.
    """

    def __init__(
        self,
        *,
        formats: Mapping[MediaType, Format],
        ntp: NtpClock,
        on_ready: Callable[["SendingPeer"], None],
        on_keyframe_request: Callable[[], None],
        on_end: Callable[[str], None],
        policy: CandidatePolicy | None = None,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        super().__init__(role="viewer", on_end=on_end, policy=policy, connect_seconds=connect_seconds)
        self.formats = dict(formats)
        self._ntp = ntp
        self._on_ready = on_ready
        self._on_keyframe_request = on_keyframe_request
        self._tracks: dict[MediaType, _Track] = {}

    def _prepare(self, sections: list[MediaDescription]) -> None:
        if not any(MediaType(media.kind) in self.formats for media in sections):
            raise OfferRefused(406, f"this pipeline carries {' and '.join(self.formats) or 'nothing'}; offer that")
        for media in sections:
            fmt = self.formats.get(MediaType(media.kind))
            codecs = choose_sent(media, fmt) if fmt else choose_unused(media)
            transceiver = self._connection.addTransceiver(media.kind, direction="sendonly" if fmt else "inactive")
            transceiver.setCodecPreferences(codecs)
            if fmt:
                self._tracks[MEDIA_TYPE[fmt]] = self._take_over(transceiver, fmt)

    def _take_over(self, transceiver: RTCRtpTransceiver, fmt: Format) -> _Track:
        media_type = MEDIA_TYPE[fmt]
        stream = OutgoingStream(
            transceiver.sender,
            clock_rate=CLOCK_RATES[media_type],
            ntp=self._ntp,
            on_started=lambda: self._started(media_type),
            on_keyframe_request=self._on_keyframe_request,
        )
        queue = ViewerQueue(stream.write, stream.is_congested, video=media_type is MediaType.VIDEO)
        return _Track(fmt, stream, queue)

    def _started(self, media_type: MediaType) -> None:
        track = self._tracks[media_type]
        track.sending = self._loop.create_task(self._send_all(track))
        if media_type is MediaType.VIDEO or MediaType.VIDEO not in self._tracks:
            self._on_ready(self)

    async def _send_all(self, track: _Track) -> None:
        try:
            await track.queue.run()
        except ConnectionError:
            self.end_soon("the viewer left")

    def send(self, unit: Packed) -> None:
        """Take a unit for this viewer; never waits. What cannot be used, for want of a keyframe, asks for one."""
        track = self._tracks.get(MEDIA_TYPE[unit.format])
        if track is None or track.sending is None or track.format is not unit.format or not unit.payloads:
            return
        if not track.queue.put(unit):
            self._on_keyframe_request()

    @property
    def packets(self) -> int:
        """Sent so far, retransmissions included."""
        return sum(track.stream.packets + track.stream.resent for track in self._tracks.values())

    @property
    def bytes(self) -> int:
        """Sent so far, without headers and retransmissions."""
        return sum(track.stream.bytes for track in self._tracks.values())

    @property
    def dropped(self) -> int:
        """Units that this viewer did not get because it was slow."""
        return sum(track.queue.dropped for track in self._tracks.values())

    def _release(self) -> None:
        for track in self._tracks.values():
            if track.sending:
                track.sending.cancel()
