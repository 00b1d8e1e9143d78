"""Real aiortc peers for tests: a publisher that sends pictures and a tone from one clock, and a viewer."""

import asyncio
import fractions
import time

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from components.contract.media_types import MediaType
from components.sdk.webrtc_assembly import AccessUnit, Assembler
from components.sdk.webrtc_codecs import CLOCK_RATES
from components.sdk.webrtc_passthrough import send_picture_loss, take_encoded

_VIDEO_BASE = fractions.Fraction(1, 90_000)
_AUDIO_RATE = 48_000
_AUDIO_SAMPLES = 960
_TONE_HZ = 440


class Pictures(MediaStreamTrack):
    """A ramp that moves, of real time stamps.

    Attributes:
        captured: monotonic nanoseconds at which each picture was taken.
    """

    kind = "video"

    def __init__(self, width: int, height: int, frame_rate: int) -> None:
        super().__init__()
        self.captured: list[int] = []
        self._width = width
        self._height = height
        self._frame_rate = frame_rate
        self._began = time.monotonic_ns()

    async def recv(self) -> av.VideoFrame:
        """The next picture, when its time has come."""
        count = (time.monotonic_ns() - self._began) * self._frame_rate // 1_000_000_000 + 1
        due = self._began + count * 1_000_000_000 // self._frame_rate
        await asyncio.sleep((due - time.monotonic_ns()) / 1e9)
        self.captured.append(due)
        ramp = (np.arange(self._width) + 4 * count) % 220 + 16
        luma = np.broadcast_to(ramp.astype(np.uint8), (self._height, self._width))
        picture = np.full((self._height * 3 // 2, self._width), 128, np.uint8)
        picture[: self._height] = luma
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = count * 90_000 // self._frame_rate
        frame.time_base = _VIDEO_BASE
        return frame


class Tone(MediaStreamTrack):
    """A steady tone in blocks of 20 ms.

    Attributes:
        captured: monotonic nanoseconds of each block's first sample.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.captured: list[int] = []
        self._began = time.monotonic_ns()
        self._count = 0

    async def recv(self) -> av.AudioFrame:
        """The next block, at the time it is stamped with: aiortc's sender reports take that for the time it is sent."""
        first = self._count * _AUDIO_SAMPLES
        begins = self._began + first * 1_000_000_000 // _AUDIO_RATE
        self._count += 1
        await asyncio.sleep((begins - time.monotonic_ns()) / 1e9)
        self.captured.append(begins)
        angle = 2 * np.pi * _TONE_HZ * (first + np.arange(_AUDIO_SAMPLES)) / _AUDIO_RATE
        samples = (np.sin(angle) * 8000).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = _AUDIO_RATE
        frame.pts = first
        frame.time_base = fractions.Fraction(1, _AUDIO_RATE)
        return frame


class Publisher:
    """Offers pictures in one codec and Opus, as a WHIP client does.

    Args:
        mime_type: "video/VP8" or "video/H264"; "" offers every codec that aiortc has.
        audio: whether the tone is sent too.
    """

    def __init__(
        self, mime_type: str = "", *, width: int = 320, height: int = 240, frame_rate: int = 15, audio: bool = True
    ) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pictures = Pictures(width, height, frame_rate)
        self.tone = Tone() if audio else None
        self.video_sender = self.connection.addTransceiver(self.pictures, direction="sendonly").sender
        if mime_type:
            codecs = RTCRtpSender.getCapabilities("video").codecs
            preferred = [one for one in codecs if one.mimeType.lower() in (mime_type.lower(), "video/rtx")]
            self.connection.getTransceivers()[0].setCodecPreferences(preferred)
        if self.tone:
            self.connection.addTransceiver(self.tone, direction="sendonly")

    async def offer(self) -> str:
        """The offer, candidates included."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the answer; media flows when the connection stands."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        """Leave as a page does that is closed in order."""
        await self.connection.close()


class Viewer:
    """Offers to receive pictures and sound, as a WHEP client does, and keeps what comes undecoded.

    Args:
        mime_type: "video/VP8" or "video/H264"; "" offers every codec that aiortc has.
        kinds: of the sections offered.

    Attributes:
        units: what came, by media type.
        began: monotonic seconds at which the answer was taken.
    """

    def __init__(self, mime_type: str = "", kinds: tuple[str, ...] = ("video", "audio")) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.units: dict[str, list[AccessUnit]] = {kind: [] for kind in kinds}
        self.began = 0.0
        self._reports: dict[int, tuple[int, int]] = {}
        self._assemblers: dict[str, Assembler] = {}
        for kind in kinds:
            transceiver = self.connection.addTransceiver(kind, direction="recvonly")
            if mime_type and kind == "video":
                codecs = RTCRtpSender.getCapabilities("video").codecs
                preferred = [one for one in codecs if one.mimeType.lower() in (mime_type.lower(), "video/rtx")]
                transceiver.setCodecPreferences(preferred)
            assembler = Assembler(self.units[kind].append, video=kind == "video")
            self._assemblers[kind] = assembler
            take_encoded(transceiver.receiver, assembler, self._report)

    def _report(self, ssrc: int, ntp_timestamp: int, rtp_timestamp: int) -> None:
        self._reports[ssrc] = (ntp_timestamp, rtp_timestamp)

    async def offer(self) -> str:
        """The offer, candidates included."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the answer; media comes when the connection stands."""
        self.began = time.monotonic()
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def lost(self, kind: str) -> int:
        """Packets that never came, though they were asked for again."""
        return self._assemblers[kind].lost

    def captured(self, kind: str, unit: AccessUnit) -> float | None:
        """When a unit was captured, in seconds of the sender's wall clock; None before its first sender report."""
        report = self._reports.get(unit.ssrc)
        if report is None:
            return None
        ticks = (unit.timestamp - report[1] + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return report[0] / 2**32 + ticks / CLOCK_RATES[MediaType(kind)]

    async def request_keyframe(self) -> None:
        """Say that the picture cannot be decoded (PLI)."""
        [receiver] = [one for one in self.connection.getReceivers() if one.track and one.track.kind == "video"]
        await send_picture_loss(receiver, self.units["video"][-1].ssrc)

    async def close(self) -> None:
        """Leave as a page does that is closed in order."""
        await self.connection.close()
