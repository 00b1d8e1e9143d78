"""A search among 1000 components, the whole request, on SQLite and on PostgreSQL; the slower one counts."""

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
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database:
        environment["DATABASE_URL"] = database
    command = [sys.executable, "-m", "tests.bench.many_listings"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, database in (("SQLite", ""), ("PostgreSQL", _address_of_postgresql())):
        measured = _measured(database)
        [cold] = measured.pop("first of all")
        for what, seconds in measured.items():
            slowest = max(slowest, percentile(seconds, 0.95))
            told.append(f"{name}, {what}: p50 {percentile(seconds, 0.5) * 1000:.0f} ms")
        told.append(f"{name}, the first request of a process: {cold * 1000:.0f} ms")
    return Bar(
        name="listing-search",
        value=slowest * 1000,
        unit="ms",
        bar=100.0,
        note=f"1000 components, the whole request; p95 of the slowest of page and API; {'; '.join(told)}",
    )
