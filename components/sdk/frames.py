"""What a component takes and gives: raw pictures and sound, encoded media, data."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.contract.media_types import Format
from components.contract.wire_format import Description

Pixels = NDArray[np.uint8]
Samples = NDArray[np.int16]


def i420_bytes(width: int, height: int) -> int:
    """Bytes of one I420 picture.

    Raises:
        ValueError: a side is odd, not positive, or above 16384.
    """
    if width <= 0 or height <= 0 or width % 2 or height % 2 or max(width, height) > 16384:
        raise ValueError(f"{width}x{height}: width and height must be even, from 2 to 16384")
    return width * height * 3 // 2


class VideoFrame:
    """One I420 picture.

    Attributes:
        width, height: pixels, both even.
        data: flat uint8 array of width * height * 3 / 2: the Y plane, then U, then V, rows without padding.
        pts: presentation time, nanoseconds on the run's clock.
        duration: nanoseconds, 0 where unknown.
    """

    __slots__ = ("data", "duration", "height", "pts", "width")

    def __init__(self, width: int, height: int, data: Pixels, pts: int, duration: int = 0) -> None:
        if data.shape != (width * height * 3 // 2,) or (width | height) & 1:
            size = i420_bytes(width, height)
            raise ValueError(f"a {width}x{height} frame takes a flat array of {size} bytes, not {data.shape}")
        self.width = width
        self.height = height
        self.data = data
        self.pts = pts
        self.duration = duration

    @classmethod
    def blank(cls, width: int, height: int, pts: int, duration: int = 0) -> "VideoFrame":
        """A black frame in memory of its own."""
        data = np.full(i420_bytes(width, height), 128, np.uint8)
        data[: width * height] = 16
        return cls(width, height, data, pts, duration)

    @property
    def y(self) -> Pixels:
        """Luma, (height, width), a view."""
        return self.data[: self.width * self.height].reshape(self.height, self.width)

    @property
    def u(self) -> Pixels:
        """Blue difference, (height / 2, width / 2), a view."""
        return self._chroma(0)

    @property
    def v(self) -> Pixels:
        """Red difference, (height / 2, width / 2), a view."""
        return self._chroma(1)

    def _chroma(self, plane: int) -> Pixels:
        luma = self.width * self.height
        start = luma + plane * luma // 4
        return self.data[start : start + luma // 4].reshape(self.height // 2, self.width // 2)


@dataclasses.dataclass(slots=True)
class AudioFrame:
    """A block of raw sound.

    Attributes:
        samples: int16, (samples, channels).
        sample_rate: Hz.
        pts: time of the first sample, nanoseconds on the run's clock.
        duration: nanoseconds; computed from the samples where 0.
    """

    samples: Samples
    sample_rate: int
    pts: int
    duration: int = 0

    def __post_init__(self) -> None:
        if self.samples.ndim != 2:
            raise ValueError(f"samples are (samples, channels), not {self.samples.shape}")
        if not self.duration:
            self.duration = len(self.samples) * 1_000_000_000 // self.sample_rate


@dataclasses.dataclass(slots=True)
class EncodedFrame:
    """One access unit as it came from an encoder.

    Attributes:
        format: how it is encoded.
        data: Annex B for H.264, a frame for VP8, a packet for Opus.
        keyframe: decodable without what came before; always true for Opus.
        pts, duration: nanoseconds on the run's clock.
        description: of the stream that it belongs to.
    """

    format: Format
    data: bytes
    keyframe: bool
    pts: int
    duration: int
    description: Description


@dataclasses.dataclass(slots=True)
class DataMessage:
    """A data message.

    Attributes:
        type: what it is, such as "voice-recognition-result".
        meta: anything that JSON holds.
        payload: bytes.
        pts: nanoseconds on the run's clock.
    """

    type: str
    meta: Any
    payload: bytes
    pts: int


Frame = VideoFrame | AudioFrame | EncodedFrame | DataMessage
