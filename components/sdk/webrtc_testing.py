"""A WebRTC publisher for tests: a real aiortc peer that sends pictures and a tone, both stamped from one clock."""

import asyncio
import fractions
import time

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

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
