"""Takes encoded media out of aiortc, whose receiver knows only how to decode.

Its `RTCRtpReceiver` gives every packet, its payload taken out of the wrapping, to a jitter buffer, and what comes
out of that to a decoder's queue. Here the jitter buffer is replaced by one that hands access units to us and none
to the decoder, whose thread sleeps until the end; and what the bandwidth estimator says is capped. Nothing else of
aiortc is changed, and no other receiver of the process.
"""

from collections.abc import Callable

from aiortc.jitterbuffer import JitterBuffer
from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket

from components.sdk.webrtc_assembly import Assembler

_JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"
_TELL_AGAIN_MS = 1000
_ESTIMATOR = "_RTCRtpReceiver__remote_bitrate_estimator"


class UnexpectedLibrary(Exception):
    """aiortc is not built as this room expects; it was written for 1.16."""


def take_encoded(
    receiver: RTCRtpReceiver, assembler: Assembler, on_sender_report: Callable[[int, int, int], None]
) -> None:
    """Lead a receiver's packets to an assembler, before any arrive.

    Args:
        receiver: of a transceiver that is not connected yet.
        assembler: gets each packet once its payload is out of the wrapping.
        on_sender_report: called with (ssrc, 64-bit NTP timestamp, 32-bit RTP timestamp).

    Raises:
        UnexpectedLibrary: the receiver has no jitter buffer where it is looked for.
    """
    if not isinstance(getattr(receiver, _JITTER_BUFFER, None), JitterBuffer):
        raise UnexpectedLibrary("aiortc's RTCRtpReceiver keeps its jitter buffer elsewhere; adapt webrtc_passthrough")
    setattr(receiver, _JITTER_BUFFER, assembler)
    handle = receiver._handle_rtcp_packet

    async def watch(packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket):
            sender = packet.sender_info
            on_sender_report(packet.ssrc, sender.ntp_timestamp, sender.rtp_timestamp)
        await handle(packet)

    receiver._handle_rtcp_packet = watch  # type: ignore[method-assign]


class CappedEstimator:
    """Tells the sender what aiortc estimates that the path carries, but never more than a highest rate (REMB).

    The highest rate itself is told at once and whenever it changes, and every second until the estimate begins,
    which takes some: what is told may be lost.
    """

    def __init__(self, inner: RemoteBitrateEstimator, highest: Callable[[], int]) -> None:
        self._inner = inner
        self._highest = highest
        self._told = 0
        self._told_at = 0

    def add(
        self, arrival_time_ms: int, abs_send_time: int, payload_size: int, ssrc: int
    ) -> tuple[int, list[int]] | None:
        """Take a packet, in aiortc's shape; returns bits a second and the streams they are for, when to be told."""
        estimate = self._inner.add(arrival_time_ms, abs_send_time, payload_size, ssrc)
        highest = self._highest()
        if estimate is None and highest == self._told and arrival_time_ms - self._told_at < _TELL_AGAIN_MS:
            return None
        self._told, self._told_at = highest, arrival_time_ms
        if estimate is None:
            return highest, [ssrc]
        return min(estimate[0], highest), estimate[1]


def cap_bitrate(receiver: RTCRtpReceiver, highest: Callable[[], int]) -> None:
    """Keep a video sender below a highest rate in bits a second, asked for with every packet.

    Raises:
        UnexpectedLibrary: the receiver has no estimator where it is looked for.
    """
    inner = getattr(receiver, _ESTIMATOR, None)
    if not isinstance(inner, RemoteBitrateEstimator):
        raise UnexpectedLibrary("aiortc's RTCRtpReceiver keeps its estimator elsewhere; adapt webrtc_passthrough")
    setattr(receiver, _ESTIMATOR, CappedEstimator(inner, highest))


async def send_picture_loss(receiver: RTCRtpReceiver, ssrc: int) -> None:
    """Ask the sender for a keyframe (PLI, RFC 4585, 6.3.1)."""
    await receiver._send_rtcp_pli(ssrc)
