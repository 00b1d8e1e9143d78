import fcntl
import os
import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.doors.terminal import house_services
from factory.doors.terminal.house_services import (
    AddressUnusable,
    DriverUnknown,
    HouseServices,
    OtherDriver,
    ServicesMissing,
)
from factory.drivers.registry import DriverNotFound


@pytest.fixture
def sockets(tmp_path: Path, settings: Settings) -> Path:
    settings.FACTORY_SOCKETS = tmp_path
    settings.FACTORY_STATE = tmp_path / "state"
    settings.FACTORY_EMBEDDED_REDIS = settings.REDIS_URL = f"unix://{tmp_path}/redis.sock"
    return tmp_path


@pytest.fixture
def serving_agent(sockets: Path) -> object:
    """The lock as an agent with the process driver holds it."""
    (sockets / "agent.lock").write_text('{"pid": 1, "driver": "factory.drivers.process_driver.build"}')
    held = os.open(sockets / "agent.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    yield held
    os.close(held)


def test_an_agent_serves_as_long_as_it_holds_its_lock(sockets: Path) -> None:
    assert not house_services.agent_serves()
    (sockets / "agent.lock").write_text("left by a dead one")
    assert not house_services.agent_serves()


@pytest.mark.usefixtures("serving_agent")
def test_the_driver_of_the_agent_that_serves_is_known() -> None:
    assert house_services.agent_serves()
    assert house_services.running_driver() == "factory.drivers.process_driver.build"


@pytest.mark.usefixtures("serving_agent")
def test_services_with_another_driver_are_not_used_silently() -> None:
    with pytest.raises(OtherDriver, match="leave --driver out"):
        HouseServices(print, driver="docker").use_existing()


@pytest.mark.usefixtures("sockets")
def test_existing_services_that_do_not_exist_are_refused_with_what_to_do() -> None:
    with pytest.raises(ServicesMissing, match=r"manage\.py up"):
        HouseServices(print).use_existing()


def test_redis_on_the_network_answers_if_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert house_services.redis_answers(f"redis://user:secret@127.0.0.1:{listener.getsockname()[1]}/0")
    assert not house_services.redis_answers("redis://127.0.0.1:1")


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    first = house_services.find_port("127.0.0.1")
    with socket.create_server(("127.0.0.1", first)):
        assert house_services.find_port("127.0.0.1") != first


def test_a_port_that_is_wanted_is_not_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(AddressUnusable, match=f"127.0.0.1, port {taken} .* choose another"):
            house_services.find_port("127.0.0.1", taken)


@pytest.mark.parametrize("bind", ["300.1.1.1", "no:address", "x" * 300])
def test_an_address_that_is_none_is_refused_with_what_to_do(bind: str) -> None:
    with pytest.raises(AddressUnusable, match="--bind"):
        house_services.find_port(bind)


@pytest.mark.usefixtures("sockets")
def test_a_driver_that_is_none_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(DriverUnknown, match="auto, docker, process or a function"):
        HouseServices(print, driver="foo").require_driver()
    with pytest.raises(DriverNotFound, match=r"foo\.bar"):
        HouseServices(print, driver="foo.bar").require_driver()


@pytest.mark.usefixtures("sockets")
@pytest.mark.parametrize("driver", [None, "auto", "process", "tests.fakes.fake_driver.build"])
def test_a_driver_that_is_there_is_not_refused(driver: str | None) -> None:
    HouseServices(print, driver=driver).require_driver()
