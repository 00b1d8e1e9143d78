"""The usage page of a team with 100 000 instances, on SQLite and on PostgreSQL; the slowest page counts."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.bars import Bar, percentile

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 900


def _address_of_postgresql() -> str:
    script = ROOT / "deploy" / "setup" / "start_postgresql.sh"
    return subprocess.run([script], check=True, capture_output=True, text=True, timeout=SECONDS).stdout.strip()


def _measured(database: str) -> dict[str, list[float]]:
    """Seconds a page, by what it shows; in a process of its own, since Django has one database a process."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database:
        environment["DATABASE_URL"] = database
    command = [sys.executable, "-m", "tests.bench.usage_history"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, database in (("SQLite", ""), ("PostgreSQL", _address_of_postgresql())):
        for page, seconds in _measured(database).items():
            middle = percentile(seconds, 0.5)
            slowest = max(slowest, middle)
            told.append(f"{name}, {page}: p50 {middle * 1000:.0f} ms, worst {max(seconds) * 1000:.0f} ms")
    return Bar(
        name="usage-page",
        value=slowest * 1000,
        unit="ms",
        bar=300.0,
        note=f"100 000 instances of a year in 20 000 runs of 40 pipelines, the whole request; p50 of the slowest of: "
        f"{'; '.join(told)}",
    )
