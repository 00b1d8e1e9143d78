"""What a viewer is sent, packet by packet: reports, retransmissions, and requests that reach the pipeline."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable

import pytest
from aiortc.rtp import RTCP_PSFB_FIR, RTCP_PSFB_PLI, RTCP_RTPFB_NACK, RtcpPsfbPacket, RtcpRtpfbPacket

from components.contract.media_types import Format, MediaType
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_offer import OfferRefused
from components.sdk.webrtc_outgoing import NtpClock, OutgoingStream
from components.sdk.webrtc_packets import Packed
from components.sdk.webrtc_sender import SendingPeer
from components.sdk.webrtc_testing import Viewer

pytestmark = pytest.mark.slow
_KEYFRAME = b"\x10\x00\x00\x00\x9d\x01\x2a\x40\x01\xf0\x00"
"""One packet of a VP8 keyframe of 320x240, its payload descriptor first."""
_FORMATS = {MediaType.VIDEO: Format.VP8, MediaType.AUDIO: Format.OPUS}


@dataclasses.dataclass
class Session:
    """A viewer and the peer that sends to it."""

    viewer: Viewer
    peer: SendingPeer
    clock: RunClock
    asked: list[int]
    ended: list[str]
    sent: int = 0

    @property
    def stream(self) -> OutgoingStream:
        return self.peer._tracks[MediaType.VIDEO].stream

    def send(self, *, keyframe: bool = True) -> None:
        payload = _KEYFRAME if keyframe else b"\x10\x01" + bytes(20)
        self.sent += 1
        self.peer.send(Packed(Format.VP8, (payload,), keyframe, self.sent * 40_000_000, len(payload)))


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def _session() -> AsyncIterator[Session]:
    viewer, clock = Viewer(), RunClock()
    ready: list[SendingPeer] = []
    asked: list[int] = []
    ended: list[str] = []
    peer = SendingPeer(
        formats=_FORMATS,
        ntp=NtpClock(clock),
        on_ready=ready.append,
        on_keyframe_request=lambda: asked.append(clock.now()),
        on_end=ended.append,
    )
    await viewer.accept(await peer.answer(await viewer.offer()))
    await _until(lambda: ready and viewer.connection.connectionState == "connected")
    # aiortc throws away what comes before its receivers are set going, which is right after.
    await asyncio.sleep(0.05)
    try:
        yield Session(viewer, peer, clock, asked, ended)
    finally:
        await viewer.close()
        await peer.close("the test is over")


async def test_pictures_before_a_keyframe_ask_for_one_and_are_not_sent() -> None:
    async with _session() as session:
        session.send(keyframe=False)
        assert len(session.asked) == 1
        session.send()
        session.send(keyframe=False)
        await _until(lambda: len(session.viewer.units["video"]) == 2)
        assert session.peer.dropped == 0
        assert session.peer.packets == 2
        assert session.peer.bytes > 0


async def test_what_the_viewer_asks_for_reaches_the_pipeline_fir_included() -> None:
    async with _session() as session:
        transport = session.stream._transport
        assert transport is not None
        ssrc = session.stream._ssrc
        pli = RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)
        # FIR names its stream in its own entries; the header's is 0 (RFC 5104, 4.3.1.2).
        fir = RtcpPsfbPacket(fmt=RTCP_PSFB_FIR, ssrc=1, media_ssrc=0, fci=ssrc.to_bytes(4, "big") + bytes(4))
        for packet in (pli, fir):
            await transport._handle_rtcp_data(bytes(packet))
        assert len(session.asked) == 2


async def test_what_is_sent_again_is_bounded_by_what_was_sent() -> None:
    async with _session() as session:
        session.send()
        await _until(lambda: session.viewer.units["video"])
        last = (session.stream._sequence - 1) & 0xFFFF
        nack = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=session.stream._ssrc, lost=[last] * 400)
        await session.stream._handle_rtcp_packet(nack)
        assert 100 < session.stream.resent < 200
        assert len(session.viewer.units["video"]) == 1


async def test_sound_and_pictures_of_one_moment_are_reported_as_one() -> None:
    async with _session() as session:
        viewer, moment = session.viewer, session.clock.now()
        session.peer.send(Packed(Format.VP8, (_KEYFRAME,), True, moment, 10))
        session.peer.send(Packed(Format.OPUS, (b"\xf8\xff\xfe",), True, moment, 3))
        await _until(lambda: viewer.units["video"] and viewer.units["audio"])
        await _until(lambda: viewer.captured("video", viewer.units["video"][0]))
        await _until(lambda: viewer.captured("audio", viewer.units["audio"][0]))
        video = viewer.captured("video", viewer.units["video"][0])
        audio = viewer.captured("audio", viewer.units["audio"][0])
        assert video is not None
        assert audio is not None
        assert abs(video - audio) < 0.001


async def test_a_viewer_that_leaves_ends_the_session() -> None:
    async with _session() as session:
        await session.viewer.close()
        await _until(lambda: session.ended)
        assert session.ended == ["the viewer left"]
        assert session.peer.state == "ended"
        session.send()


async def test_a_pipeline_without_what_is_offered_is_not_acceptable() -> None:
    viewer = Viewer(kinds=("audio",))
    peer = SendingPeer(
        formats={MediaType.VIDEO: Format.VP8},
        ntp=NtpClock(RunClock()),
        on_ready=lambda _peer: None,
        on_keyframe_request=lambda: None,
        on_end=lambda _reason: None,
    )
    with pytest.raises(OfferRefused, match="carries video") as refusal:
        await peer.answer(await viewer.offer())
    assert refusal.value.status == 406
    await viewer.close()
