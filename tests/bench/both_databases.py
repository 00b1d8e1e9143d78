"""Runs one measurement on SQLite and on PostgreSQL, each in a process of its own: Django has one database a process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300


def measure_on_both(module: str, *, seconds: float) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Each database's name and what the module printed there: seconds a request, by what was asked.

    Args:
        module: run as `python -m`; it prints JSON, see `fresh_database.print_measured`.
        seconds: it may take at most.

    Raises:
        subprocess.SubprocessError: it failed, or took longer.
    """
    for name, database in (("SQLite", ""), ("PostgreSQL", _address_of_postgresql())):
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        if database:
            environment["DATABASE_URL"] = database
        command = [sys.executable, "-m", module]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=seconds
        )
        yield name, json.loads(done.stdout)


def _address_of_postgresql() -> str:
    script = ROOT / "deploy" / "setup" / "start_postgresql.sh"
    return subprocess.run([script], check=True, capture_output=True, text=True, timeout=START_SECONDS).stdout.strip()
