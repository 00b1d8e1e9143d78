"""Real encoded media for the recorder's tests, and what FFmpeg's own tools say of its files."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from components.contract.media_types import Format
from components.sdk.encoders import OpusEncoder, VideoEncoder
from components.sdk.frames import AudioFrame, EncodedFrame, VideoFrame

START = 5_000_000_000_000
FRAME = 33_333_333
BLOCK = 20_000_000


def encode_video(
    fmt: Format, frames: int, *, start: int = START, width: int = 320, height: int = 180
) -> list[EncodedFrame]:
    """A bar that moves, 30 pictures a second, a keyframe every two seconds."""
    encoder = VideoEncoder(fmt)
    units: list[EncodedFrame] = []
    for index in range(frames):
        frame = VideoFrame.blank(width, height, start + index * FRAME, FRAME)
        left = index * 8 % (width - 40)
        frame.y[:, left : left + 40] = 200
        units += encoder.encode(frame)
    return units


def encode_audio(blocks: int, *, start: int = START, channels: int = 2) -> list[EncodedFrame]:
    """A steady tone in packets of 20 ms."""
    encoder = OpusEncoder()
    units: list[EncodedFrame] = []
    for index in range(blocks):
        time = (np.arange(960) + index * 960) / 48000
        wave = (np.sin(2 * np.pi * 440 * time) * 8000).astype(np.int16)
        samples = np.repeat(wave[:, None], channels, 1)
        units += encoder.encode(AudioFrame(samples, 48000, start + index * BLOCK))
    return units


def in_order(**ports: Iterable[EncodedFrame]) -> list[tuple[str, EncodedFrame]]:
    """The frames of several ports as they would arrive."""
    held = [(port, frame) for port, frames in ports.items() for frame in frames]
    return sorted(held, key=lambda one: one[1].pts)


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe says: `format`, and `video` and `audio` streams with their packets counted and their time spans."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_packets", str(path)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    result: dict[str, Any] = {"format": found["format"]}
    for stream in found["streams"]:
        packets = [one for one in found["packets"] if one["stream_index"] == stream["index"]]
        stream["times"] = [float(one["pts_time"]) for one in packets]
        stream["decode_times"] = [float(one["dts_time"]) for one in packets]
        stream["end"] = stream["times"][-1] + float(packets[-1].get("duration_time", 0)) if packets else 0.0
        result[stream["codec_type"]] = stream
    return result


def count_decoded(path: Path) -> dict[str, int]:
    """How many frames of each track FFmpeg decodes before the file ends; a file that ends early is no error."""
    counts = {}
    for kind in ("video", "audio"):
        entry = "stream=nb_read_frames,codec_type"
        command = ["ffprobe", "-v", "quiet", "-count_frames", "-select_streams", kind[0], "-show_entries", entry]
        found = subprocess.run([*command, "-of", "json", str(path)], capture_output=True, check=False, timeout=60)
        streams = json.loads(found.stdout or "{}").get("streams", [])
        counts[kind] = sum(int(one.get("nb_read_frames", 0)) for one in streams)
    return counts
