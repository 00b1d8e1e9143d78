"""From raw frames to access units, with the settings of live media: no look-ahead, a keyframe when asked."""

import collections
from fractions import Fraction
from typing import Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.sdk.frames import AudioFrame, EncodedFrame, Samples, VideoFrame

_NANOSECONDS = Fraction(1, 1_000_000_000)
_BITS_PER_PIXEL = 0.1
"""Of a moving picture at live quality; 2.8 Mbit/s at 720p30."""
_KEYFRAME_SECONDS = 2
_DEFAULT_FRAME_RATE = 30
_VIDEO_ENCODERS: dict[Format, tuple[str, dict[str, str]]] = {
    # Constrained baseline is what every WebRTC player is bound to decode (RFC 7742, 6.2), and passes on untouched.
    Format.H264: (
        "libx264",
        {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "forced-idr": "1",
            "sc_threshold": "0",
        },
    ),
    Format.VP8: (
        "libvpx",
        {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "noise-sensitivity": "0"},
    ),
}
_OPUS_RATE = 48000
_OPUS_SAMPLES = 960
"""20 ms, the packet length that every WebRTC endpoint takes."""


class Encoder(Protocol):
    """Turns raw frames of one kind into access units."""

    def force_keyframe(self) -> None:
        """Make the next picture decodable by itself."""

    def encode(self, frame: VideoFrame | AudioFrame) -> list[EncodedFrame]:
        """What is ready now; possibly nothing."""


class VideoEncoder:
    """H.264 (Annex B) or VP8, one access unit a picture, no delay."""

    def __init__(self, fmt: Format) -> None:
        self._format = fmt
        self._context: VideoCodecContext | None = None
        self._description = Description(fmt)
        self._force = False
        self._stamps: collections.deque[tuple[int, int]] = collections.deque(maxlen=64)
        self.started = 0

    def force_keyframe(self) -> None:
        """Make the next picture decodable by itself."""
        self._force = True

    def encode(self, frame: VideoFrame | AudioFrame) -> list[EncodedFrame]:
        """Encode one picture; a new size starts a new stream."""
        assert isinstance(frame, VideoFrame)
        if (frame.width, frame.height) != (self._description.width, self._description.height):
            self._open(frame)
        assert self._context is not None
        picture = av.VideoFrame.from_numpy_buffer(frame.data.reshape(-1, frame.width), format="yuv420p")
        picture.pts = frame.pts
        picture.time_base = _NANOSECONDS
        picture.pict_type = PictureType.I if self._force else PictureType.NONE
        self._force = False
        # Without B-frames packets leave in the order of the pictures; encoders round the stamps they are given.
        self._stamps.append((frame.pts, frame.duration))
        return [
            EncodedFrame(self._format, bytes(packet), packet.is_keyframe, *self._stamps.popleft(), self._description)
            for packet in self._context.encode(picture)
        ]

    def _open(self, frame: VideoFrame) -> None:
        rate = round(1e9 / frame.duration) if frame.duration else _DEFAULT_FRAME_RATE
        name, options = _VIDEO_ENCODERS[self._format]
        context = av.CodecContext.create(name, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = frame.width, frame.height, "yuv420p"
        context.time_base = _NANOSECONDS
        context.framerate = Fraction(rate)
        context.gop_size = _KEYFRAME_SECONDS * rate
        context.max_b_frames = 0
        context.bit_rate = round(frame.width * frame.height * rate * _BITS_PER_PIXEL)
        context.thread_count = 1
        context.options = options
        context.open()
        self._context = context
        self._stamps.clear()
        self._description = Description(self._format, 90000, frame.width, frame.height, float(rate))
        self.started += 1


class OpusEncoder:
    """Opus at 48 kHz in packets of 20 ms; other rates and layouts are resampled."""

    def __init__(self) -> None:
        self._context: AudioCodecContext | None = None
        self._description = Description(Format.OPUS, _OPUS_RATE)
        self._resampler: av.AudioResampler | None = None
        self._source = (0, 0)
        self._samples: Samples = np.empty((0, 2), np.int16)
        self._next_pts = 0
        self._position = 0
        self._anchor = 0
        self.started = 0

    def force_keyframe(self) -> None:
        """Nothing to do: every packet stands alone."""

    def encode(self, frame: VideoFrame | AudioFrame) -> list[EncodedFrame]:
        """Encode what fills whole packets; the rest waits for the next block."""
        assert isinstance(frame, AudioFrame)
        channels = min(frame.samples.shape[1], 2)
        if (frame.sample_rate, channels) != self._source:
            self._open(frame.sample_rate, channels)
        assert self._context is not None
        drift = frame.pts - self._next_pts
        if not self._position or abs(drift) > 20_000_000:
            # A gap or a first block: time starts anew at this block, and half-filled packets are of no use.
            self._samples = self._samples[:0]
            self._anchor = frame.pts - self._position * 1_000_000_000 // _OPUS_RATE
        self._next_pts = frame.pts + frame.duration
        self._samples = np.concatenate([self._samples, self._resample(frame, channels)])
        packets: list[EncodedFrame] = []
        while len(self._samples) >= _OPUS_SAMPLES:
            block, self._samples = self._samples[:_OPUS_SAMPLES], self._samples[_OPUS_SAMPLES:]
            packets += self._encode_block(self._context, block, channels)
        return packets

    def _encode_block(self, context: AudioCodecContext, block: Samples, channels: int) -> list[EncodedFrame]:
        layout = "stereo" if channels == 2 else "mono"
        sound = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout=layout)
        sound.sample_rate = _OPUS_RATE
        sound.pts = self._position
        sound.time_base = Fraction(1, _OPUS_RATE)
        self._position += _OPUS_SAMPLES
        duration = _OPUS_SAMPLES * 1_000_000_000 // _OPUS_RATE
        return [
            EncodedFrame(
                Format.OPUS,
                bytes(packet),
                True,
                self._anchor + (packet.pts or 0) * 1_000_000_000 // _OPUS_RATE,
                duration,
                self._description,
            )
            for packet in context.encode(sound)
        ]

    def _resample(self, frame: AudioFrame, channels: int) -> Samples:
        samples = frame.samples[:, :channels]
        if self._resampler is None:
            return samples
        layout = "stereo" if channels == 2 else "mono"
        sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout=layout)
        sound.sample_rate = frame.sample_rate
        parts = [part.to_ndarray().reshape(-1, channels) for part in self._resampler.resample(sound)]
        return np.concatenate(parts).astype(np.int16) if parts else np.empty((0, channels), np.int16)

    def _open(self, sample_rate: int, channels: int) -> None:
        layout = "stereo" if channels == 2 else "mono"
        context = av.CodecContext.create("libopus", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate, context.layout, context.format = _OPUS_RATE, layout, "s16"
        context.time_base = Fraction(1, _OPUS_RATE)
        context.bit_rate = 48000 * channels
        context.open()
        self._context = context
        self._source = (sample_rate, channels)
        self._position = 0
        self._samples = np.empty((0, channels), np.int16)
        self._resampler = (
            None if sample_rate == _OPUS_RATE else av.AudioResampler(format="s16", layout=layout, rate=_OPUS_RATE)
        )
        self._description = Description(Format.OPUS, _OPUS_RATE, sample_rate=_OPUS_RATE, channels=channels)
        self.started += 1


def can_encode(fmt: Format) -> bool:
    """Whether the sdk makes this format from raw frames."""
    return fmt in _VIDEO_ENCODERS or fmt is Format.OPUS


def create_encoder(fmt: Format) -> VideoEncoder | OpusEncoder:
    """An encoder for a format of `can_encode`."""
    return OpusEncoder() if fmt is Format.OPUS else VideoEncoder(fmt)
