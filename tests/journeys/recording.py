"""What is in a recorded file, read by FFmpeg's own tools and by PyAV."""

import dataclasses
import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from components.gateways.test_source.clock_code import read_clock
from components.gateways.test_source.pattern import read_flash

_BEEP_LEVEL = 1000


@dataclasses.dataclass(frozen=True)
class Track:
    """One track as ffprobe sees it; times in seconds."""

    kind: str
    codec: str
    start: float
    duration: float
    packets: int


def tracks(path: Path) -> dict[str, Track]:
    """Tracks by kind ("video", "audio"), durations from the packets themselves.

    Raises:
        subprocess.CalledProcessError: ffprobe cannot read the file.
    """
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_packets", "-of", "json", str(path)]
    read: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = {}
    for stream in read["streams"]:
        packets = [packet for packet in read["packets"] if packet["stream_index"] == stream["index"]]
        starts = [float(packet["pts_time"]) for packet in packets]
        end = max(start + float(packet.get("duration_time", 0)) for start, packet in zip(starts, packets, strict=True))
        kind = stream["codec_type"]
        found[kind] = Track(kind, stream["codec_name"], min(starts), end - min(starts), len(packets))
    return found


def decoded_frames(path: Path) -> int:
    """How many pictures FFmpeg decodes from the file to its end.

    Raises:
        subprocess.CalledProcessError: it cannot.
    """
    command = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0"]
    command += ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().rstrip(",")
    return int(answer)


def pictures(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """Time in seconds and luma plane of every picture."""
    with av.open(str(path)) as container:
        return [
            (float(frame.time), frame.to_ndarray(format="gray").astype(np.uint8, copy=False))
            for frame in container.decode(video=0)
            if frame.time is not None
        ]


def clocks(path: Path) -> list[tuple[float, int]]:
    """Time in the file (s) and the source's clock (ms) of every picture that shows one."""
    read = ((time, read_clock(luma)) for time, luma in pictures(path))
    return [(time, clock) for time, clock in read if clock is not None]


def flash_starts(path: Path) -> list[float]:
    """When each flash begins, seconds in the file; a flash that the file begins with is left out."""
    states = [(time, read_flash(luma)) for time, luma in pictures(path)]
    return [now[0] for before, now in itertools.pairwise(states) if now[1] and not before[1]]


def beep_starts(path: Path) -> list[float]:
    """When each beep begins, seconds in the file; one that the file begins with is left out."""
    starts = []
    quiet_since = None
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            if frame.time is None:
                continue
            samples = frame.to_ndarray()
            wave = samples.reshape(-1, len(frame.layout.channels))[:, 0] if not frame.format.is_planar else samples[0]
            scale = 32767 if wave.dtype.kind == "f" else 1
            loud = np.flatnonzero(np.abs(wave.astype(np.float64) * scale) > _BEEP_LEVEL)
            for index in loud:
                time = float(frame.time) + int(index) / frame.sample_rate
                if quiet_since is not None and time - quiet_since > 0.2:
                    starts.append(time)
                quiet_since = time
            if quiet_since is None:
                quiet_since = float(frame.time) - 1.0 if not len(loud) else quiet_since
    return starts


def lip_sync(path: Path) -> list[float]:
    """Picture before sound at each mark, in seconds (negative: the sound comes first)."""
    beeps = beep_starts(path)
    return [beep - flash for flash in flash_starts(path) for beep in beeps if abs(beep - flash) < 0.4]
