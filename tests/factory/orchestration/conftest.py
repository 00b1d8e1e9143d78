import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.orchestration import engine
from tests.factory.hello import hello_version
from tests.fakes.fake_driver import FakeDriver

RequestRun = Callable[..., Run]


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> FakeDriver:
    """The fake engine that everything under test uses, in a state folder of its own."""
    settings.FACTORY_STATE = tmp_path
    settings.FACTORY_SOCKETS = tmp_path / "sockets"
    settings.FACTORY_DRIVER = "tests.fakes.fake_driver.build"
    driver = engine.driver()
    assert isinstance(driver, FakeDriver)
    return driver


@pytest.fixture
def request_hello(settings: Settings, now: datetime.datetime) -> RequestRun:
    def request(*, seconds: float = 3600) -> Run:
        deadline = now + datetime.timedelta(seconds=seconds)
        return request_run(version=hello_version(now), now=now, deadline=deadline, host=settings.FACTORY_HOST)

    return request
