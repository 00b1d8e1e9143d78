"""A large pipeline, a run of it that nobody carries out, and its status as an agent would tell it."""

import asyncio
import datetime
import time
from typing import Any

from channels.layers import get_channel_layer

SOURCES, EFFECTS, RECORDERS = 20, 80, 100
NODES = SOURCES + EFFECTS + RECORDERS
WIRES = EFFECTS + 2 * RECORDERS
COLUMNS = 20


def make_run(slug: str = "large") -> tuple[str, list[str], list[str]]:
    """Keep the pipeline in the home team and ask for a run of it; returns its id, its nodes and its wires."""
    from factory.domain.accounts.services import ensure_home
    from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
    from factory.domain.pipelines import services
    from factory.domain.runs.services import request_run
    from factory.domain.runs.states import RunState
    from factory.foundation import clock

    kinds = {
        **{f"camera_{number}": "test_source@1.0.0" for number in range(SOURCES)},
        **{f"effect_{number}": "grayscale@1.0.0" for number in range(EFFECTS)},
        **{f"file_{number}": "recorder@1.0.0" for number in range(RECORDERS)},
    }
    wires = [
        *(GraphWire(f"camera_{number % SOURCES}", "video", f"effect_{number}", "video") for number in range(EFFECTS)),
        *(GraphWire(f"effect_{number % EFFECTS}", "video", f"file_{number}", "video") for number in range(RECORDERS)),
        *(GraphWire(f"camera_{number % SOURCES}", "audio", f"file_{number}", "audio") for number in range(RECORDERS)),
    ]
    layout = {name: Position(at % COLUMNS * 320.0, at // COLUMNS * 220.0) for at, name in enumerate(kinds)}
    graph = Graph(slug, {name: GraphNode(ref) for name, ref in kinds.items()}, tuple(wires), layout=layout)
    assert (len(graph.nodes), len(graph.wires)) == (NODES, WIRES)
    now = clock.now()
    pipeline = services.create_pipeline(team=ensure_home(), name=slug, now=now)
    services.save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now)
    version = services.freeze_version(pipeline=pipeline, now=now)
    deadline = now + datetime.timedelta(hours=1)
    run = request_run(version=version, now=now, deadline=deadline, host="nowhere")
    run.move_to(RunState.STARTING, now=now)
    run.move_to(RunState.READY, now=now)
    return run.pk, list(graph.nodes), [wire.id for wire in wires]


def status(run: str, nodes: list[str], wires: list[str], beat: int) -> dict[str, Any]:
    """What an agent says of the run at this beat; every figure of every node and wire is another one than before."""
    node = {"attempt": 1, "state": "ready", "reason": "", "revision": 1, "observed_revision": 1, "refused": None}
    wire = {"live": True, "generation": 1, "format": "i420", "lost": 0}
    return {
        "type": "run.status",
        "run": run,
        "nodes": {
            name: {**node, "measures": {"frames": beat * 8 + at, "bitrate_kbps": 900.0 + (beat + at) % 50}}
            for at, name in enumerate(nodes)
        },
        "wires": {
            name: {
                **wire,
                "frames": beat * 8 + at,
                "fps": 29.0 + (beat + at) % 3,
                "kbps": 1000.0 + (beat * 7 + at) % 90,
                "latency_ms": 0.2 + (beat + at) % 4 / 10,
                "unread": (beat + at) % 3,
            }
            for at, name in enumerate(wires)
        },
    }


def tell(run: str, nodes: list[str], wires: list[str], *, seconds: float, a_second: float) -> None:
    """Tell the status so often, for so long."""

    async def work() -> None:
        from factory.domain.runs.groups import run_group

        layer = get_channel_layer()
        assert layer is not None
        ends, beat = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            beat += 1
            await layer.group_send(run_group(run_id=run), status(run, nodes, wires, beat))
            await asyncio.sleep(1 / a_second)

    asyncio.run(work())
