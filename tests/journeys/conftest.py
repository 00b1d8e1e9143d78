"""Terminals for the journeys: one that runs containers, one that runs processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal, open_terminal


@pytest.fixture(params=[pytest.param("docker", marks=pytest.mark.engine), "process"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """Each journey goes both ways."""
    with open_terminal(tmp_path, request.param) as opened:
        yield opened


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal whose nodes run in containers."""
    with open_terminal(tmp_path, "docker") as opened:
        yield opened
