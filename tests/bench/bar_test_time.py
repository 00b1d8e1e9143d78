"""How long the last `make test` took, by its own clock; it is far too long to be measured here."""

import json
from pathlib import Path

from tests.bench.bars import Bar

DURATIONS = Path("out/test/durations.json")


def measure() -> Bar:
    if not DURATIONS.is_file():
        raise FileNotFoundError("run `make test` first: this reads what it measured")
    durations = json.loads(DURATIONS.read_text())
    stages = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in durations["stages"].items())
    return Bar(
        name="test-time",
        value=durations["total"],
        unit="s",
        bar=720,
        command="make test && make bench ONLY=test-time",
        note=stages,
    )
