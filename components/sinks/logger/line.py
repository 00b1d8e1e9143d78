"""One line of text about anything that can flow on a wire."""

import dataclasses
import json

from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, Frame, VideoFrame

_MAX_CONTENT = 400


def describe(frame: Frame, *, full: bool) -> str:
    """What it is, how large, and when, in seconds on the run's clock; never longer than about 1000 characters.

    Args:
        frame: any item.
        full: adds the description of encoded media, and meta and the beginning of the payload of data.
    """
    at = f"at {frame.pts / 1e9:.3f} s"
    if isinstance(frame, VideoFrame):
        return f"i420 {frame.width}x{frame.height} {at}"
    if isinstance(frame, AudioFrame):
        samples, channels = frame.samples.shape
        return f"s16 {samples} samples x {channels} {frame.sample_rate} Hz {at}"
    if isinstance(frame, EncodedFrame):
        keyframe = " keyframe" if frame.keyframe and frame.description.width else ""
        line = f"{frame.format} {len(frame.data)} bytes{keyframe} {at}"
        return f"{line} {_shorten(json.dumps(dataclasses.asdict(frame.description)))}" if full else line
    return _describe_data(frame, at=at, full=full)


def _describe_data(message: DataMessage, *, at: str, full: bool) -> str:
    line = f"{_shorten(json.dumps(message.type))} {len(message.payload)} bytes {at}"
    if not full:
        return line
    # As JSON and as a bytes literal, content cannot break out of its line.
    return f"{line} {_shorten(json.dumps(message.meta))} {_shorten(repr(message.payload[:_MAX_CONTENT]))}"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_CONTENT else f"{text[: _MAX_CONTENT - 3]}..."
