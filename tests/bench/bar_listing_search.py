"""A search among 1000 components, the whole request, on SQLite and on PostgreSQL; the slower one counts."""

from tests.bench.bars import Bar, percentile
from tests.bench.both_databases import measure_on_both

SECONDS = 300


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, measured in measure_on_both("tests.bench.many_listings", seconds=SECONDS):
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
