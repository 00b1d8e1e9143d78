"""Small runs as the agent is told of them, and a domain in memory that acts out an absent database."""

import dataclasses
import datetime
import threading
from pathlib import Path
from typing import Any

from django.db import OperationalError

from components.contract.media_types import Format, MediaType
from components.contract.node_states import NodeState
from factory.domain.runs.states import RunState
from factory.doors.nodes.artifact_files import ArtifactFile
from factory.drivers.driver import Limits, Network
from factory.orchestration.desired_world import DesiredNode, DesiredRun, DesiredWire
from factory.orchestration.secret_values import NO_SECRETS, RunSecrets

CAMERA_TO_SCREEN = "camera.video->screen.video"
CAMERA_TO_FILE = "camera.video->file.video"
SOUND_TO_FILE = "camera.audio->file.audio"
DEADLINE = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)


def node(name: str, **more: Any) -> DesiredNode:
    fields: dict[str, Any] = {
        "component": name,
        "version": "1.0.0",
        "kind": "transform",
        "folder": Path("components/transforms") / name,
        "image": f"media-pipeline-factory/{name}:1.0.0",
        "limits": Limits(memory_bytes=2**28, cpus=1.0, pids=64),
        "network": Network.NONE,
        "parameters": {"text": "hello"},
        "revision": 1,
        "ports": {"inputs": {}, "outputs": {}},
        "artifact_quota_bytes": 1_000_000,
        "ready_seconds": 30,
        "stop_seconds": 10,
        "endpoint": None,
        "attempt": 1,
        "wanted": True,
    }
    return DesiredNode(name=name, **{**fields, **more})


def wire(identity: str, *formats: Format) -> DesiredWire:
    source, target = (end.split(".") for end in identity.split("->"))
    media_type = MediaType.AUDIO if source[1] == "audio" else MediaType.VIDEO
    return DesiredWire(identity, source[0], source[1], target[0], target[1], media_type, formats, "cache")


def small_run(run: str = "run", **more: Any) -> DesiredRun:
    """A camera whose pictures go raw to a screen and a file, and whose sound goes to the file."""
    fields: dict[str, Any] = {
        "team": "alice",
        "install": "test",
        "wanted": True,
        "state": RunState.STARTING,
        "deadline": DEADLINE,
        "nodes": {name: node(name) for name in ("camera", "screen", "file")},
        "wires": (
            wire(CAMERA_TO_SCREEN, Format.I420),
            wire(CAMERA_TO_FILE, Format.I420, Format.H264),
            wire(SOUND_TO_FILE, Format.OPUS),
        ),
    }
    return DesiredRun(id=run, **{**fields, **more})


def with_node(run: DesiredRun, name: str, **changes: Any) -> DesiredRun:
    changed = dataclasses.replace(run.nodes[name], **changes)
    return dataclasses.replace(run, nodes={**run.nodes, name: changed})


class DomainInMemory:
    """What the agent reads and writes, with a switch for the database."""

    def __init__(self, *runs: DesiredRun) -> None:
        self.runs = {run.id: run for run in runs}
        self.secrets = NO_SECRETS
        self.away = threading.Event()
        self.rings: list[str] = []
        self.reports: list[dict[str, Any]] = []
        self.opened: list[tuple[ArtifactFile, str]] = []
        self.stored: list[tuple[str, int, bool]] = []

    def unfinished_runs(self, host: str) -> list[str]:
        self._answer()
        return [run.id for run in self.runs.values() if not run.state.is_over]

    def keep_paid(self, host: str) -> None:
        self._answer()

    def desired_run(self, run: str) -> DesiredRun:
        self._answer()
        return self.runs[run]

    def open_secrets(self, run: DesiredRun) -> RunSecrets:
        self._answer()
        return self.secrets

    def ring(self, run: str) -> None:
        self._answer()
        self.rings.append(run)

    def report_node(
        self, run: str, node: str, attempt: int, *, state: NodeState, reason: str, revision: int, refused: Any
    ) -> None:
        self._answer()
        self.reports.append(
            {
                "node": node,
                "attempt": attempt,
                "state": state,
                "reason": reason,
                "revision": revision,
                "refused": refused,
            }
        )

    def artifact_opened(self, file: ArtifactFile, media_type: str) -> None:
        self._answer()
        self.opened.append((file, media_type))

    def artifact_closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        self._answer()
        self.stored.append((file.name, size, complete))

    def _answer(self) -> None:
        if self.away.is_set():
            raise OperationalError("the database is away")
