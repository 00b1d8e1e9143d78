"""Brings the files of a run to where the person wants them, and says what they are."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from factory.domain.runs.selectors import ArtifactSnapshot

PROBE_SECONDS = 10.0
_POLL_SECONDS = 0.05


def wait_for_files(read: Callable[[], tuple[ArtifactSnapshot, ...]], *, seconds: float) -> tuple[ArtifactSnapshot, ...]:
    """The files of a run once all are stored, or whatever there is after this long."""
    deadline = time.monotonic() + seconds
    while True:
        files = read()
        if all(Path(file.path).exists() for file in files) or time.monotonic() >= deadline:
            return files
        time.sleep(_POLL_SECONDS)


def bring(files: tuple[ArtifactSnapshot, ...], folder: Path) -> list[tuple[ArtifactSnapshot, Path]]:
    """Link or copy the stored files into a folder, in place of those of an earlier run; the store keeps its own.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    brought: list[tuple[ArtifactSnapshot, Path]] = []
    for file in files:
        source = Path(file.path)
        if not source.exists():
            continue
        target = folder / file.name
        if any(target == other for _file, other in brought):
            target = folder / f"{file.node}-{file.name}"
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        brought.append((file, target))
    return brought


def describe_file(file: ArtifactSnapshot, path: Path) -> str:
    """A file as a line: where, how large, how long."""
    seconds = read_duration(path) if file.media_type.startswith(("video/", "audio/")) else None
    length = "" if seconds is None else f"  {seconds:.2f} s"
    remark = "" if file.complete else "  (cut short)"
    return f"{path}  {path.stat().st_size / 1_000_000:.2f} MB{length}{remark}"


def read_duration(path: Path) -> float | None:
    """Seconds of media as ffprobe reads them; None where there is no ffprobe or no duration."""
    program = shutil.which("ffprobe")
    if program is None:
        return None
    command = [program, "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=True)
        return float(answer.stdout.strip())
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
