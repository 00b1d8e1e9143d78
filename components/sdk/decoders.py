"""From access units to raw frames."""

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.sdk.frames import AudioFrame, Pixels, VideoFrame, i420_bytes

_OPUS_RATE = 48000


class Picture:
    """A raw picture on its way in: looked at in place or copied to where it is wanted, once.

    Attributes:
        width, height: pixels, even; a decoder's odd last row or column is cut off.
        pts, duration: nanoseconds on the run's clock.
    """

    def __init__(self, width: int, height: int, pts: int, duration: int) -> None:
        self.width = width & ~1
        self.height = height & ~1
        self.pts = pts
        self.duration = duration

    def copy_to(self, target: Pixels) -> None:
        """Write the I420 bytes to a flat array of the right size."""
        raise NotImplementedError

    def as_frame(self) -> VideoFrame:
        """The picture as a frame to read; it is valid until the next one comes."""
        frame = VideoFrame(
            self.width,
            self.height,
            np.empty(i420_bytes(self.width, self.height), np.uint8),
            self.pts,
            self.duration,
        )
        self.copy_to(frame.data)
        return frame


class SlotPicture(Picture):
    """A picture that lies in a ring slot (or a payload) as I420 bytes."""

    def __init__(self, data: Pixels, width: int, height: int, pts: int, duration: int) -> None:
        super().__init__(width, height, pts, duration)
        self._data = data

    def copy_to(self, target: Pixels) -> None:
        """One copy, slot to slot."""
        np.copyto(target, self._data)

    def as_frame(self) -> VideoFrame:
        """No copy: the frame's pixels are the slot's, read-only."""
        return VideoFrame(self.width, self.height, self._data, self.pts, self.duration)


class DecodedPicture(Picture):
    """A picture as a decoder left it: planes whose rows may be padded."""

    def __init__(self, picture: av.VideoFrame, pts: int, duration: int) -> None:
        super().__init__(picture.width, picture.height, pts, duration)
        self._picture = picture

    def copy_to(self, target: Pixels) -> None:
        """One copy a plane, padding left out."""
        start = 0
        for plane, (height, width) in zip(
            self._picture.planes,
            ((self.height, self.width), (self.height // 2, self.width // 2), (self.height // 2, self.width // 2)),
            strict=True,
        ):
            rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * height].reshape(
                height, plane.line_size
            )
            np.copyto(target[start : start + height * width].reshape(height, width), rows[:, :width])
            start += height * width


class VideoDecoder:
    """H.264 or VP8 to pictures."""

    def __init__(self, fmt: Format) -> None:
        context = av.CodecContext.create({Format.H264: "h264", Format.VP8: "vp8"}[fmt], "r")
        assert isinstance(context, VideoCodecContext)
        context.thread_count = 1
        context.flags |= 1 << 19  # AV_CODEC_FLAG_LOW_DELAY
        self._context = context
        self.decoded = 0
        self.errors = 0

    def decode(self, data: bytes, pts: int, duration: int) -> list[Picture]:
        """The pictures of one access unit; a broken one is counted in `errors` and gives none."""
        packet = av.Packet(data)
        packet.pts = pts
        try:
            frames = self._context.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            return []
        self.decoded += len(frames)
        return [
            DecodedPicture(
                frame if frame.format.name == "yuv420p" else frame.reformat(format="yuv420p"),
                pts if frame.pts is None else frame.pts,
                duration,
            )
            for frame in frames
        ]


class OpusDecoder:
    """Opus packets to 48 kHz sound."""

    def __init__(self, description: Description) -> None:
        context = av.CodecContext.create("libopus", "r")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate = _OPUS_RATE
        context.layout = "mono" if description.channels == 1 else "stereo"
        self._context = context
        self.decoded = 0
        self.errors = 0

    def decode(self, data: bytes, pts: int) -> list[AudioFrame]:
        """The sound of one packet; a broken one is counted in `errors` and gives none."""
        try:
            frames = self._context.decode(av.Packet(data))
        except av.FFmpegError:
            self.errors += 1
            return []
        self.decoded += len(frames)
        blocks = []
        for frame in frames:
            samples = frame.to_ndarray()
            if not frame.format.is_planar:
                samples = samples.reshape(-1, len(frame.layout.channels)).T
            if samples.dtype != np.int16:
                samples = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype(np.int16)
            blocks.append(AudioFrame(np.ascontiguousarray(samples.T), frame.sample_rate, pts))
            pts += blocks[-1].duration
        return blocks
