"""Every driver passes one suite; those that need an engine are marked so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.stages import DockerStage, FakeStage, ProcessStage, Stage


@pytest.fixture(
    params=[
        pytest.param(FakeStage, id="fake"),
        pytest.param(ProcessStage, id="process"),
        pytest.param(DockerStage, id="docker", marks=pytest.mark.engine),
    ]
)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    made: Stage = request.param(tmp_path)
    yield made
    made.clean()


@pytest.fixture(
    params=[
        pytest.param(FakeStage, id="fake"),
        pytest.param(DockerStage, id="docker", marks=pytest.mark.engine),
    ]
)
def stage_with_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """Plain processes have no engine that could fail to answer."""
    made: Stage = request.param(tmp_path)
    yield made
    made.clean()


@pytest.fixture
def docker_stage(tmp_path: Path) -> Iterator[DockerStage]:
    made = DockerStage(tmp_path)
    yield made
    made.clean()


@pytest.fixture
def process_stage(tmp_path: Path) -> Iterator[ProcessStage]:
    made = ProcessStage(tmp_path)
    yield made
    made.clean()
