"""What a further hop of raw frames costs: the processor time of a process that reads, copies and sends 720p30."""

import time

import numpy as np

from components.contract.media_types import Format
from components.sdk.frames import i420_bytes
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until
from tests.bench.bars import Bar
from tests.components_sdk.toys.passing.component import Passing

WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 30, 20
FRAME_NS = 1_000_000_000 // RATE


def copies() -> float:
    """Milliseconds of processor time that one copy of a frame takes, from cold memory as between processes."""
    size = i420_bytes(WIDTH, HEIGHT)
    sources = [np.full(size, index, np.uint8) for index in range(16)]
    targets = [np.empty(size, np.uint8) for _index in range(16)]
    for source, target in zip(sources, targets, strict=True):
        np.copyto(target, source)
    started = time.thread_time()
    for index in range(320):
        np.copyto(targets[index % 16], sources[index % 16])
    return (time.thread_time() - started) / 320 * 1000


def hop() -> tuple[float, int]:
    """Milliseconds of processor time a frame in a process that only passes frames on, and the frames it lost."""
    with Harness(Passing, inputs=["video"], formats={"video": [Format.I420]}, own_process=True) as harness:
        fed = harness.fed("video")
        frames = RATE * SECONDS
        warm_up = RATE
        started = time.monotonic()
        base = 0.0
        for index in range(frames + warm_up):
            if index == warm_up:
                base = harness.processor_seconds()
            frame = fed.output.new_frame(WIDTH, HEIGHT, pts=index * FRAME_NS, duration=FRAME_NS)
            fed.output.write(frame)
            harness.collected["video"].clear()
            time.sleep(max(0.0, started + (index + 1) / RATE - time.monotonic()))
        spent = harness.processor_seconds() - base
        wait_until(lambda: harness.reports[-1].inputs["test.video"]["frames"] >= frames + warm_up, "all came")
        return spent / frames * 1000, harness.reports[-1].inputs["test.video"]["lost"]


def measure() -> Bar:
    value, lost = hop()
    return Bar(
        name="raw-hop",
        value=value,
        unit="ms CPU a frame, both ends",
        bar=0.5,
        compared_with="one memory copy of the frame (numpy.copyto)",
        compared_value=copies(),
        note=f"{SECONDS} s of {WIDTH}x{HEIGHT} at {RATE}; {lost} frames lost",
    )
