"""What an agent says of a run, as its board words it."""

from typing import Any

from channels.layers import get_channel_layer

from factory.domain.runs.groups import run_group
from factory.domain.runs.models import Run

WIRE = "camera.video->caption.video"
NODES = ("camera", "caption", "file")


def word(state: str = "ready", **more: Any) -> dict[str, Any]:
    """One node's."""
    plain = {"state": state, "reason": "", "attempt": 1, "revision": 1, "observed_revision": 1, "refused": None}
    return {**plain, "measures": {}, **more}


def wire(**more: Any) -> dict[str, Any]:
    """One wire's."""
    plain = {"live": True, "generation": 1, "format": "i420", "frames": 30, "fps": 30.0, "kbps": 9.5, "lost": 0}
    return {**plain, "latency_ms": None, "unread": 0, **more}


def status_of(run: Run, **nodes: dict[str, Any]) -> dict[str, Any]:
    """A whole message; nodes that are not given are ready."""
    said = {name: word() for name in NODES} | nodes
    return {"type": "run.status", "run": run.pk, "nodes": said, "wires": {WIRE: wire()}}


async def publish(run: Run, message: dict[str, Any]) -> None:
    """As the agent does."""
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(run_group(run_id=run.pk), message)
