"""The usage page of a team with 100 000 instances, on SQLite and on PostgreSQL; the slowest page counts."""

from tests.bench.bars import Bar, percentile
from tests.bench.both_databases import measure_on_both

SECONDS = 900


def measure() -> Bar:
    told, slowest = [], 0.0
    for name, measured in measure_on_both("tests.bench.usage_history", seconds=SECONDS):
        for page, seconds in measured.items():
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
