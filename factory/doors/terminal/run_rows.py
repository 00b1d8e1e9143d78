"""A run as rows for people: one a node, one a wire. Pure."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from factory.domain.runs.selectors import NodeSnapshot


@dataclasses.dataclass(frozen=True)
class NodeRow:
    """One node: what it says of itself, how often it was started again, and what it has handled."""

    node: str
    state: str
    reason: str
    restarts: int
    frames: int
    fps: float


@dataclasses.dataclass(frozen=True)
class WireRow:
    """One wire: what flows on it, how fast, what was lost, and how long a hop takes."""

    wire: str
    state: str
    format: str
    frames: int
    fps: float
    kbps: float
    lost: int
    latency_ms: float | None


def node_rows(nodes: Iterable[NodeSnapshot], status: Mapping[str, Any]) -> list[NodeRow]:
    """Rows from the database's words, made fresher by the live status where that is of the same or a later attempt."""
    rows = []
    for node in nodes:
        live = status.get("nodes", {}).get(node.name)
        if live and live["attempt"] >= max(node.attempt, 1) and not node.given_up:
            state, reason = live["state"], live["reason"]
        else:
            state, reason = str(node.state), node.give_up_reason or node.reason
        frames, fps = _throughput(node.name, status.get("wires", {}))
        rows.append(NodeRow(node.name, state, reason, max(node.attempt - 1, 0), frames, fps))
    return rows


def wire_rows(status: Mapping[str, Any]) -> list[WireRow]:
    """Rows from the live status; none before the first."""
    return [
        WireRow(
            wire=wire,
            state="live" if shown["live"] else "waiting",
            format=shown["format"],
            frames=shown["frames"],
            fps=shown["fps"],
            kbps=shown["kbps"],
            lost=shown["lost"],
            latency_ms=shown["latency_ms"],
        )
        for wire, shown in status.get("wires", {}).items()
    ]


def _throughput(node: str, wires: Mapping[str, Any]) -> tuple[int, float]:
    """Frames and frames a second of the pictures (else the busiest wire) that come in, or go out where none come in."""
    coming = [(wire, shown) for wire, shown in wires.items() if wire.partition("->")[2].startswith(f"{node}.")]
    going = [(wire, shown) for wire, shown in wires.items() if wire.startswith(f"{node}.")]
    touching = coming or going
    pictures = [shown for wire, shown in touching if "video" in wire.partition("->")[0].partition(".")[2]]
    busiest = pictures or [shown for _wire, shown in touching]
    if not busiest:
        return 0, 0.0
    return max(shown["frames"] for shown in busiest), max(shown["fps"] for shown in busiest)
