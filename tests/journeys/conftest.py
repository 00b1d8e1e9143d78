"""What the journeys share: terminals whose nodes are containers or processes, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.site import open_browser
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium with a fake camera and microphone, one for the tests of a file."""
    with open_browser() as opened:
        yield opened
