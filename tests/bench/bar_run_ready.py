"""From the request of a run of `hello` until its three nodes are ready, beside the same images started in turn."""

import io
import time
from pathlib import Path

import docker

from tests.bench.bare_containers import start_until_ready
from tests.bench.bars import Bar, percentile
from tests.bench.installation import open_installation

ROUNDS = 11
PIPELINE = Path("examples/hello.yaml")


def _run_once() -> float:
    """Seconds from the request until every node is ready."""
    from channels.layers import get_channel_layer

    from factory.doors.terminal.live_status import LiveStatus
    from factory.doors.terminal.pipeline_file import take_in
    from factory.doors.terminal.run_session import RunSession
    from factory.doors.terminal.run_view import LinesView

    version = take_in(PIPELINE.read_text())
    layer = get_channel_layer()
    assert layer is not None
    session = RunSession(
        version, seconds=0.0, view=LinesView(io.StringIO()), interrupted=lambda: False, trouble=lambda: None
    )
    live = LiveStatus(layer, session.run)
    live.start()
    try:
        result = session.follow(live, lambda _node: None)
    finally:
        live.stop()
    if result.failure or result.ready_seconds is None:
        raise RuntimeError(f"the run failed: {result.failure}")
    return result.ready_seconds


def _bare_once(client: docker.APIClient) -> float:
    """Seconds for the three images, one after the other, each until it is ready."""
    from factory.domain.catalogue.components import component

    entries = [component(reference) for reference in ("test_source@1.0.0", "overlay@1.0.0", "recorder@1.0.0")]
    started: list[str] = []
    before = time.monotonic()
    try:
        for entry in entries:
            started.append(start_until_ready(client, entry.image, entry.manifest))
        return time.monotonic() - before
    finally:
        for container in started:
            client.remove_container(container, force=True)


def measure() -> Bar:
    runs, bare = [], []
    with open_installation():
        client = docker.APIClient(timeout=60)
        try:
            _run_once()
            _bare_once(client)
            for _round in range(ROUNDS):
                runs.append(_run_once())
                bare.append(_bare_once(client))
        finally:
            client.close()
    return Bar(
        name="run-ready",
        value=percentile(runs, 0.5),
        unit="s, p50",
        bar=1.5,
        compared_with="docker run of the same three images, one after the other, until the same ready report",
        compared_value=percentile(bare, 0.5),
        ratio_bar=2.0,
        note=f"{ROUNDS} rounds, services running, images present; p95 {percentile(runs, 0.95):.2f} s",
    )
