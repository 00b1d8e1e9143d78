"""Saving and validating a graph of 1000 nodes through the API, on SQLite and on PostgreSQL; the slower one counts."""

from tests.bench.bars import Bar, percentile
from tests.bench.both_databases import measure_on_both

SECONDS = 300


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, measured in measure_on_both("tests.bench.large_save", seconds=SECONDS):
        for change, seconds in measured.items():
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
