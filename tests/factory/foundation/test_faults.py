"""A fault is armed by name, kills for certain, and a misspelt one is no silent success."""

import subprocess
import sys
from pathlib import Path

import pytest

from factory.foundation.faults import FAULT_POINTS, FaultUnknown, fault_point, parse_fault

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("point", FAULT_POINTS)
def test_an_armed_point_kills_its_process(point: str) -> None:
    script = f"from factory.foundation.faults import fault_point; fault_point({point!r})"
    for fault, code in ((f"{point}:kill9", -9), ("", 0)):
        ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={"FACTORY_FAULT": fault}, check=False)
        assert ended.returncode == code


def test_points_pass_when_none_is_armed() -> None:
    for point in FAULT_POINTS:
        fault_point(point)


@pytest.mark.parametrize("text", ["after_lunch:kill9", "after_create", "after_create:hug", ":kill9"])
def test_a_fault_that_nobody_acts_out_is_refused(text: str) -> None:
    with pytest.raises(FaultUnknown, match="FACTORY_FAULT"):
        parse_fault(text)


def test_a_point_that_is_not_listed_is_refused() -> None:
    with pytest.raises(FaultUnknown, match="FAULT_POINTS"):
        fault_point("after_lunch")
