"""What a run came to, for programs: `run.json` beside its files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from factory.domain.runs.selectors import ArtifactSnapshot, RunSnapshot
from factory.doors.terminal.run_session import Result

REPORT = "run.json"


def write_report(
    folder: Path,
    result: Result,
    snapshot: RunSnapshot,
    *,
    status: Mapping[str, Any],
    files: list[tuple[ArtifactSnapshot, Path]],
) -> None:
    """Write the report.

    Args:
        folder: where the files are.
        result: how it went.
        snapshot: the run as the database has it.
        status: its last live status, as `RunBoard.message` makes it.
        files: what was brought, and where to.

    Raises:
        OSError: the folder cannot be written.
    """
    live = status.get("nodes", {})
    report = {
        "run": snapshot.id,
        "state": str(snapshot.state),
        "failure": result.failure,
        "ready_seconds": result.ready_seconds,
        "nodes": {
            node.name: {
                "component": node.component,
                "state": str(node.state),
                "reason": node.give_up_reason or node.reason,
                "restarts": max(node.attempt - 1, 0),
                "revision": node.revision,
                "observed_revision": node.observed_revision,
                "measures": live.get(node.name, {}).get("measures", {}),
            }
            for node in snapshot.nodes
        },
        "wires": dict(status.get("wires", {})),
        "files": [
            {
                "name": path.name,
                "path": str(path),
                "node": file.node,
                "attempt": file.attempt,
                "media_type": file.media_type,
                "bytes": path.stat().st_size,
                "complete": file.complete,
            }
            for file, path in files
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text(json.dumps(report, indent=1) + "\n")
