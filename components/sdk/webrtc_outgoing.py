"""One stream of RTP on its way out, in place of aiortc's own sender, which encodes and dates by the time of sending.

Of aiortc's `RTCRtpSender` only the identity stays, which the answer names: `send` and `stop` are taken over, so that
packets, retransmissions and sender reports are made here. Capture times come from the run's clock for sound and
pictures alike, which is what lip sync rests on (RFC 3550, 6.4.1).
"""

import asyncio
import collections
import logging
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any

from aiortc.codecs import is_rtx
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.rtp import (
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    HeaderExtensions,
    HeaderExtensionsMap,
    RtcpByePacket,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from components.sdk.run_clock import RunClock
from components.sdk.webrtc_packets import Packed

logger = logging.getLogger(__name__)
_HISTORY = 512
"""Packets that may be asked for again; their payloads are shared by all viewers."""
_RESEND_SHARE, _RESEND_BURST = 0.25, 128.0
"""Retransmissions a packet sent, and how many may be saved up: a path that loses more is not mended by more."""
_REPORT_SECONDS = (0.0, 0.2, 0.5)
"""Pauses before the first sender reports: until one of each stream has come, a player cannot line them up."""
_LATER_REPORT_SECONDS = 1.0
_MAX_UNSENT_BYTES = 64 * 1024
_NTP_EPOCH_SECONDS = 2_208_988_800
_SECOND_NS = 1_000_000_000
_ABS_SEND_BITS = 1 << 18
_CNAME_ITEM = 1


class NtpClock:
    """The run's clock in NTP's words; the same for every stream of a process, and never set back."""

    def __init__(self, clock: RunClock) -> None:
        self.clock = clock
        self._offset = time.time_ns() - clock.now() + _NTP_EPOCH_SECONDS * _SECOND_NS

    def to_ntp(self, run_ns: int) -> int:
        """A stamp of the run's clock as a 64-bit NTP timestamp."""
        return ((run_ns + self._offset) << 32) // _SECOND_NS


class OutgoingStream:
    """Takes a sender over before it is connected.

    Args:
        sender: of a transceiver that is not connected yet.
        clock_rate: of its RTP timestamps, in Hz.
        ntp: what sender reports are dated by.
        on_started: called once, when packets can be sent.
        on_keyframe_request: called when the receiver asks for a keyframe (PLI, FIR).

    Attributes:
        packets, bytes: sent, retransmissions left out.
        resent: retransmissions.
        timestamp_origin: RTP timestamp of the run's clock's zero.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        *,
        clock_rate: int,
        ntp: NtpClock,
        on_started: Callable[[], None],
        on_keyframe_request: Callable[[], None],
    ) -> None:
        self._ssrc = sender._ssrc  # Where aiortc's router looks for it.
        self.packets = 0
        self.bytes = 0
        self.resent = 0
        self.timestamp_origin = secrets.randbits(32)
        self._sender = sender
        self._rtx_ssrc = sender._rtx_ssrc
        self._clock_rate = clock_rate
        self._ntp = ntp
        self._on_started = on_started
        self._on_keyframe_request = on_keyframe_request
        # Both begin in the lower half, so that SRTP's first wrap is no guess (RFC 3711, 3.3.1).
        self._sequence = sender._ssrc & 0x7FFF
        self._rtx_sequence = sender._rtx_ssrc & 0x7FFF
        self._payload_type = 0
        self._rtx_payload_type: int | None = None
        self._extension: tuple[bytes, bytes, bool] = (b"", b"", False)
        self._history: collections.OrderedDict[int, tuple[int, int, bytes]] = collections.OrderedDict()
        self._resend_tokens = _RESEND_BURST
        self._cname = b""
        self._transport: RTCDtlsTransport | None = None
        self._reporting: asyncio.Task[None] | None = None
        sender.send = self._start  # type: ignore[method-assign]
        sender.stop = self._stop  # type: ignore[method-assign]

    async def _start(self, parameters: RTCRtpSendParameters) -> None:
        """Aiortc's `send`: the transport is connected."""
        if self._transport:
            return
        codec = parameters.codecs[0]
        self._payload_type = codec.payloadType or 0
        for other in parameters.codecs:
            if is_rtx(other) and other.parameters.get("apt") == codec.payloadType:
                self._rtx_payload_type = other.payloadType
        self._extension = _extension_template(parameters)
        self._cname = (parameters.rtcp.cname or "").encode()
        self._transport = transport = self._sender.transport
        transport._rtp_header_extensions_map.configure(parameters)
        transport._rtp_router.register_sender(self, ssrc=self._ssrc)
        if self._sender.kind == "video":
            # A FIR names its stream inside, not in the header that is routed by (RFC 5104, 4.3.1.2).
            transport._rtp_router.register_sender(self, ssrc=0)
        self._reporting = asyncio.get_running_loop().create_task(self._report())
        self._on_started()

    async def _stop(self) -> None:
        """Aiortc's `stop`: the session ends."""
        if self._transport is None:
            return
        self._transport._rtp_router.unregister_sender(self)
        if self._reporting:
            self._reporting.cancel()
            await asyncio.wait([self._reporting])
        await self._send_rtcp(RtcpByePacket(sources=[self._ssrc]))

    def timestamp(self, run_ns: int) -> int:
        """The 32-bit RTP timestamp of a moment of the run's clock."""
        return (self.timestamp_origin + run_ns * self._clock_rate // _SECOND_NS) & 0xFFFFFFFF

    async def write(self, payload: bytes, unit: Packed, last: bool) -> None:
        """Send one packet of a unit.

        Raises:
            ConnectionError: the transport is not connected any more.
        """
        timestamp = self.timestamp(unit.pts)
        sequence = self._sequence
        marker = 0x80 if last and self._sender.kind == "video" else 0
        self._history[sequence] = (timestamp, marker, payload)
        if len(self._history) > _HISTORY:
            self._history.popitem(last=False)
        self._sequence = (sequence + 1) & 0xFFFF
        self._resend_tokens = min(self._resend_tokens + _RESEND_SHARE, _RESEND_BURST)
        self.packets += 1
        self.bytes += len(payload)
        await self._send(marker | self._payload_type, sequence, timestamp, self._ssrc, payload)

    def is_congested(self) -> bool:
        """Whether this side's socket holds what it could not send yet."""
        assert self._transport is not None
        pairs = self._transport.transport._connection._nominated.values()
        sockets: list[Any] = [pair.protocol.transport for pair in pairs]
        return any(one.get_write_buffer_size() > _MAX_UNSENT_BYTES for one in sockets)

    async def _send(self, second: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> None:
        before, after, dated = self._extension
        header = struct.pack("!BBHLL", 0x90 if before else 0x80, second, sequence, timestamp, ssrc)
        if dated:
            stamp = int(time.time() * _ABS_SEND_BITS) & 0xFFFFFF
            packet = b"".join((header, before, stamp.to_bytes(3, "big"), after, payload))
        else:
            packet = b"".join((header, before, after, payload))
        assert self._transport is not None
        await self._transport._send_rtp(packet)

    async def _resend(self, sequence: int) -> None:
        """Send a packet again, on a stream of its own where the receiver agreed to one (RFC 4588)."""
        kept = self._history.get(sequence)
        if kept is None or self._resend_tokens < 1:
            return
        self._resend_tokens -= 1
        self.resent += 1
        timestamp, marker, payload = kept
        if self._rtx_payload_type is None:
            await self._send(marker | self._payload_type, sequence, timestamp, self._ssrc, payload)
            return
        original = sequence.to_bytes(2, "big") + payload
        await self._send(marker | self._rtx_payload_type, self._rtx_sequence, timestamp, self._rtx_ssrc, original)
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        """What the receiver says; called by aiortc's router."""
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            for sequence in packet.lost[:_HISTORY]:
                await self._resend(sequence)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            self._on_keyframe_request()

    async def _report(self) -> None:
        """Sender reports: often at first, then once a second."""
        for pause in _REPORT_SECONDS:
            await asyncio.sleep(pause)
            await self._send_report()
        while True:
            await asyncio.sleep(_LATER_REPORT_SECONDS)
            await self._send_report()

    async def _send_report(self) -> None:
        now = self._ntp.clock.now()
        info = RtcpSenderInfo(
            ntp_timestamp=self._ntp.to_ntp(now),
            rtp_timestamp=self.timestamp(now),
            packet_count=self.packets & 0xFFFFFFFF,
            octet_count=self.bytes & 0xFFFFFFFF,
        )
        name = RtcpSourceInfo(ssrc=self._ssrc, items=[(_CNAME_ITEM, self._cname)])
        await self._send_rtcp(RtcpSrPacket(ssrc=self._ssrc, sender_info=info), RtcpSdesPacket(chunks=[name]))

    async def _send_rtcp(self, *packets: AnyRtcpPacket) -> None:
        assert self._transport is not None
        try:
            await self._transport._send_rtp(b"".join(bytes(packet) for packet in packets))
        except ConnectionError:
            logger.debug("the transport is gone")


def _extension_template(parameters: RTCRtpSendParameters) -> tuple[bytes, bytes, bool]:
    """The header extension of every packet (RFC 8285) before and after the time of sending, and whether it has one."""
    ids = HeaderExtensionsMap()
    ids.configure(parameters)
    zeros, ones = (ids.set(HeaderExtensions(mid=parameters.muxId, abs_send_time=stamp)) for stamp in (0, 0xFFFFFF))
    profile, value = zeros
    if not value:
        return b"", b"", False
    head = struct.pack("!HH", profile, len(value) // 4)
    place = next((at for at, (zero, one) in enumerate(zip(value, ones[1], strict=True)) if zero != one), None)
    if place is None:
        return head + value, b"", False
    return head + value[:place], value[place + 3 :], True
