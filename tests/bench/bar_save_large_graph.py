"""Saving and validating a graph of 1000 nodes through the API, on SQLite and on PostgreSQL; the slower one counts."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.bars import Bar, percentile

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300


def _address_of_postgresql() -> str:
    script = ROOT / "deploy" / "setup" / "start_postgresql.sh"
    return subprocess.run([script], check=True, capture_output=True, text=True, timeout=SECONDS).stdout.strip()


def _measured(database: str) -> dict[str, list[float]]:
    """Seconds a save, by what was changed."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database:
        environment["DATABASE_URL"] = database
    command = [sys.executable, "-m", "tests.bench.large_save"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, database in (("SQLite", ""), ("PostgreSQL", _address_of_postgresql())):
        for change, seconds in _measured(database).items():
            middle = percentile(seconds, 0.5)
            slowest = max(slowest, middle)
            told.append(f"{name}, {change}: p50 {middle * 1000:.0f} ms, p95 {percentile(seconds, 0.95) * 1000:.0f} ms")
    return Bar(
        name="save-large-graph",
        value=slowest * 1000,
        unit="ms",
        bar=200.0,
        note=f"1000 nodes and 1000 wires, the whole request with every rule; p50 of the slowest of: {'; '.join(told)}",
    )
