"""The bars: what is missed is seen, and `out/bench.json` holds what it should."""

import dataclasses
import json
import math
from pathlib import Path

import pytest

from tests.bench.__main__ import measurements
from tests.bench.bars import Bar, as_table, percentile, write

GOOD = Bar(name="good", value=1.0, unit="s", bar=1.5, compared_with="true", compared_value=0.8, ratio_bar=2.0)


@pytest.mark.parametrize(
    "bad",
    [
        dataclasses.replace(GOOD, value=1.6),
        dataclasses.replace(GOOD, compared_value=0.4),
        dataclasses.replace(GOOD, compared_value=None),
        dataclasses.replace(GOOD, value=math.nan),
    ],
    ids=["over the bar", "over the ratio", "nothing to compare with", "not a number"],
)
def test_a_bad_value_does_not_hold(bad: Bar) -> None:
    assert GOOD.holds
    assert not bad.holds
    assert bad.as_object()["holds"] is False
    assert "NO" in as_table([GOOD, bad])


def test_bench_json_has_one_object_a_bar_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "out" / "bench.json"
    write([GOOD, dataclasses.replace(GOOD, name="other")], path)
    write([dataclasses.replace(GOOD, value=3.0)], path)
    first, second = json.loads(path.read_text())
    assert (first["name"], first["value"], first["holds"]) == ("good", 3.0, False)
    assert (second["name"], second["holds"], second["ratio"]) == ("other", True, 1.25)
    assert {"name", "value", "unit", "bar", "compared_with", "ratio", "holds", "command"} <= set(first)
    assert first["command"] == "make bench ONLY=good"


def test_percentiles_need_values() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([3, 1, 2], 0.95) == 3
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_every_bar_of_the_bench_can_be_called_by_its_name() -> None:
    assert {"raw-hop", "run-ready", "hello-loss", "check-time", "test-time"} <= set(measurements())
