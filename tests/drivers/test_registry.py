"""A dotted path becomes a driver, or an error that says what to write."""

from pathlib import Path

import pytest

from factory.drivers import auto_driver, registry
from factory.drivers.docker_driver import DockerDriver
from factory.drivers.process_driver import ProcessDriver


def test_it_loads_what_the_path_names(tmp_path: Path) -> None:
    driver = registry.load("factory.drivers.process_driver.build", install="here", state=tmp_path)
    assert isinstance(driver, ProcessDriver)


@pytest.mark.parametrize("path", ["", "build", "factory.drivers.nobody.build", "factory.drivers.process_driver.none"])
def test_a_path_to_nothing_says_so(path: str, tmp_path: Path) -> None:
    with pytest.raises(registry.DriverNotFound, match="FACTORY_DRIVER"):
        registry.load(path, install="here", state=tmp_path)


def test_auto_takes_plain_processes_where_no_engine_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    driver = auto_driver.build("here", tmp_path)
    assert isinstance(driver, ProcessDriver)
    assert driver.check().isolated is False


@pytest.mark.engine
def test_auto_takes_the_engine_where_one_answers(tmp_path: Path) -> None:
    driver = auto_driver.build("here", tmp_path)
    assert isinstance(driver, DockerDriver)
    assert driver.check().engine.startswith("Docker ")
    driver.close()
