"""From a component's report to a browser's socket: 100 sockets, 10 status changes a second over 10 pipelines."""

import json
import subprocess
import sys

from tests.bench.bars import Bar, percentile


def measure() -> Bar:
    """In a process of its own, since every installation needs one.

    Raises:
        RuntimeError: it could not be measured.
    """
    command = [sys.executable, "-m", "tests.bench.live_world"]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300)
    if finished.returncode:
        raise RuntimeError("the live world could not be measured; what it said stands above")
    figures = json.loads(finished.stdout.strip().splitlines()[-1])
    waits, bare = figures["waits"], figures["bare"]
    return Bar(
        name="live-latency",
        value=percentile(waits, 0.99),
        unit="ms, p99",
        bar=250.0,
        compared_with="group_send on the same channel layer to 100 receivers in one process",
        compared_value=percentile(bare, 0.99),
        note=(
            f"control socket, agent, Redis, daphne, socket; {len(waits)} deliveries, none missing; "
            f"p50 {percentile(waits, 0.5):.0f} ms, worst {max(waits):.0f} ms; bare p50 {percentile(bare, 0.5):.0f} ms"
        ),
    )
