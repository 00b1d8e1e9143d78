"""What the folder of a plain-process instance says: the process driver's only memory."""

import dataclasses
import datetime
import json
import os
import signal
from pathlib import Path
from typing import Any

from factory.drivers.driver import EngineState, InstanceSpec, Labels, Seen
from factory.drivers.process_shim import boot_id, start_ticks

_KILLED = 128 + signal.SIGKILL


def write_spec(folder: Path, spec: InstanceSpec, *, command: list[str], directory: Path) -> None:
    """Everything the shim needs, and the labels."""
    content = {
        "labels": dataclasses.asdict(spec.labels),
        "command": command,
        "directory": str(directory),
        "environment": {
            "FACTORY_CONTROL": str(spec.socket_directory / "control.sock"),
            "LANG": "C.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONUNBUFFERED": "1",
        },
        "open_files": spec.limits.open_files,
        "file_bytes": spec.limits.file_bytes,
    }
    (folder / "spec.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def read_shim(folder: Path) -> int | None:
    """The process id of the living shim; None where there is none."""
    claim = _read(folder / "claim.json")
    if claim is None or claim["boot"] != boot_id() or start_ticks(claim["pid"]) != claim["ticks"]:
        return None
    return int(claim["pid"])


def read_seen(folder: Path, *, install: str) -> Seen:
    """The instance as its folder and the kernel tell it; absent where there is none or it is not ours."""
    spec = _read(folder / "spec.json")
    if spec is None or spec["labels"]["install"] != install:
        return Seen(name=folder.name, state=EngineState.ABSENT)
    seen = Seen(name=folder.name, state=EngineState.CREATED, labels=Labels(**spec["labels"]))
    claim = _read(folder / "claim.json")
    if claim is None:
        return seen
    started_at = datetime.datetime.fromisoformat(claim["started_at"])
    # Asked before exit.json is read: a shim that ends in between has written it.
    alive = read_shim(folder) is not None
    ended = _read(folder / "exit.json")
    if ended is not None:
        return dataclasses.replace(
            seen,
            state=EngineState.EXITED,
            started_at=started_at,
            finished_at=datetime.datetime.fromisoformat(ended["finished_at"]),
            exit_code=int(ended["exit_code"]),
        )
    if alive:
        return dataclasses.replace(seen, state=EngineState.RUNNING, started_at=started_at)
    return dataclasses.replace(
        seen,
        state=EngineState.EXITED,
        started_at=started_at,
        finished_at=max(started_at, _heartbeat(folder, started_at)),
        exit_code=_KILLED,
        error="the process that watched it was killed; the end is its last heartbeat",
    )


def read_log(folder: Path, *, tail: int) -> str:
    """The last lines of both log files."""
    data = b"".join(path.read_bytes() for path in (folder / "log.1", folder / "log") if path.exists())
    lines = data.decode("utf-8", errors="replace").splitlines(keepends=True)
    return "".join(lines[-tail:]) if tail > 0 else ""


def _heartbeat(folder: Path, otherwise: datetime.datetime) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp((folder / "claim.json").stat().st_mtime, datetime.UTC)
    except OSError:
        return otherwise


def _read(path: Path) -> dict[str, Any] | None:
    """Files here appear in one piece or not at all."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return content
