"""What a run came to, in a few lines."""

from collections.abc import Iterable
from pathlib import Path

from factory.domain.runs.selectors import ArtifactSnapshot, Ending
from factory.doors.terminal.run_files import describe_file
from factory.doors.terminal.run_rows import NodeRow, WireRow
from factory.doors.terminal.run_session import Result


def summarise(
    run: str,
    result: Result,
    *,
    nodes: list[NodeRow],
    wires: list[WireRow],
    endings: Iterable[Ending],
    files: list[tuple[ArtifactSnapshot, Path]],
    missing: list[str],
) -> list[str]:
    """The lines: how it went, what flowed, what was lost, who was started again and why, and the files."""
    ready = "never ready" if result.ready_seconds is None else f"ready after {result.ready_seconds:.2f} s"
    lines = [f"run {run}: {'failed' if result.failure else 'done'}, {ready}"]
    restarts = sum(row.restarts for row in nodes)
    lost = sum(row.lost for row in wires)
    lines.append(f"  restarts {restarts}, frames lost {lost}")
    for row in nodes:
        lines.append(f"  {row.node}: {row.frames} frames" + (f", {row.restarts} restarts" if row.restarts else ""))
    for ending in endings:
        if not ending.asked and ending.reason:
            lines.append(f"  {ending.node} attempt {ending.attempt} ended: {ending.reason.splitlines()[0]}")
    lossy = [wire for wire in wires if wire.lost]
    lines += [f"  {wire.wire}: {wire.lost} of {wire.frames + wire.lost} frames lost" for wire in lossy]
    lines += [f"  {describe_file(file, path)}" for file, path in files]
    lines += [f"  {name} was begun but not stored" for name in missing]
    if result.failure:
        lines.append(f"reason: {result.failure}")
    return lines
