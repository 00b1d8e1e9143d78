"""Frames that `hello` loses within a minute of 720p30."""

import tempfile
from pathlib import Path

from tests.bench.bars import Bar
from tests.journeys import recording
from tests.journeys.terminal import open_terminal

SECONDS = 60
LEAST_SHARE = 0.98
"""Of the frames that a minute has; fewer mean that something was not counted."""


def measure() -> Bar:
    with tempfile.TemporaryDirectory() as folder, open_terminal(Path(folder), "docker") as terminal:
        report = terminal.start("hello", seconds=SECONDS).succeed(seconds=SECONDS + 120)
        frames = recording.decoded_frames(report["files"][0]["path"])
    lost = sum(wire["lost"] for wire in report["wires"].values())
    skipped = report["nodes"]["camera"]["measures"]["frames_skipped"]
    if frames < LEAST_SHARE * SECONDS * 30:
        raise RuntimeError(f"the file holds {frames} frames only")
    return Bar(
        name="hello-loss",
        value=lost + skipped,
        unit="frames lost",
        bar=0,
        note=f"{frames} frames of {SECONDS} s in the file; lost on all wires, and skipped at the source",
    )
