"""What only the Docker driver promises: strangers, broken images, an engine that comes and goes."""

import concurrent.futures
import dataclasses
import multiprocessing
import socket
import time

import pytest

from factory.drivers.docker_client import engine_address
from factory.drivers.docker_driver import DockerDriver
from factory.drivers.driver import Driver, DriverUnavailable, EngineState, Network, StartRefused
from tests.drivers.actor_image import ensure_image
from tests.drivers.engine_proxy import EngineProxy
from tests.drivers.stages import DockerStage, wait_until

pytestmark = pytest.mark.engine


def test_a_missing_image_says_what_to_do(docker_stage: DockerStage) -> None:
    spec = dataclasses.replace(docker_stage.spec("stays"), image="media-pipeline-factory/none:0")
    with pytest.raises(StartRefused, match="make images"):
        docker_stage.driver.start(spec)
    assert docker_stage.driver.list_owned() == []


def test_an_image_that_declares_volumes_is_refused_and_leaves_nothing(docker_stage: DockerStage) -> None:
    image = ensure_image(docker_stage.engine, "stays", volume=True)
    before = docker_stage.engine.volumes()["Volumes"] or []
    with pytest.raises(StartRefused, match="/data"):
        docker_stage.driver.start(dataclasses.replace(docker_stage.spec("stays"), image=image))
    assert docker_stage.driver.list_owned() == []
    assert len(docker_stage.engine.volumes()["Volumes"] or []) <= len(before)


def test_an_image_whose_program_is_missing_ends_at_once_and_says_why(docker_stage: DockerStage) -> None:
    image = ensure_image(docker_stage.engine, "stays", program="/bin/none")
    spec = dataclasses.replace(docker_stage.spec("stays"), image=image)
    docker_stage.driver.start(spec)
    wait_until(lambda: docker_stage.driver.inspect(spec.name).exit_code == 127)
    assert "/bin/none" in docker_stage.driver.logs(spec.name, tail=5)


def test_a_stranger_of_the_same_name_is_left_alone(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("stays")
    engine = docker_stage.engine
    stranger = engine.create_container(spec.image, name=spec.name, labels={"factory.run": docker_stage.run})["Id"]
    engine.start(stranger)
    try:
        with pytest.raises(StartRefused, match="not ours"):
            docker_stage.driver.start(spec)
        assert docker_stage.driver.inspect(spec.name).state is EngineState.ABSENT
        assert docker_stage.driver.stop(spec.name, grace_seconds=0).state is EngineState.ABSENT
        docker_stage.driver.discard(spec.name)
        assert docker_stage.driver.list_owned() == []
        assert engine.inspect_container(stranger)["State"]["Running"] is True
    finally:
        engine.remove_container(stranger, force=True)


def test_one_killed_from_outside_is_seen_so(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("stays")
    docker_stage.start(spec)
    docker_stage.engine.kill(spec.name)
    docker_stage.engine.wait(spec.name, timeout=10)
    ended = docker_stage.driver.inspect(spec.name)
    assert (ended.state, ended.exit_code, ended.out_of_memory) == (EngineState.EXITED, 137, False)


def test_one_that_is_paused_is_seen_so_and_can_still_end_well(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("stays")
    docker_stage.start(spec)
    docker_stage.engine.pause(spec.name)
    assert docker_stage.driver.inspect(spec.name).state is EngineState.PAUSED
    assert docker_stage.driver.stop(spec.name, grace_seconds=10).exit_code == 0


def test_instances_that_start_at_once_share_one_network(docker_stage: DockerStage) -> None:
    specs = [docker_stage.spec("stays", node=f"node{number}", network=Network.RUN) for number in range(3)]
    drivers = [docker_stage.another() for _ in specs]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda driver, spec: driver.start(spec), drivers, specs))
    ours = {"label": [f"factory.install={docker_stage.install}"]}
    assert len(docker_stage.engine.networks(filters=ours)) == 1


def test_an_engine_that_goes_and_comes_back(docker_stage: DockerStage) -> None:
    proxy = EngineProxy(docker_stage.folder / "engine.sock", engine_address().removeprefix("unix://"))
    driver = DockerDriver(docker_stage.install, docker_stage.state, address=f"unix://{proxy.path}")
    spec = docker_stage.spec("stays")
    started = driver.start(spec)
    events = driver.events()
    proxy.shut()
    assert list(events) == []
    with pytest.raises(DriverUnavailable):
        driver.list_owned()
    proxy.open()
    assert driver.list_owned() == [started]
    driver.close()
    proxy.shut()


def test_an_engine_that_hangs_is_given_up(docker_stage: DockerStage) -> None:
    path = docker_stage.folder / "hangs.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        driver = DockerDriver(docker_stage.install, docker_stage.state, address=f"unix://{path}", read_seconds=1)
        asked = time.monotonic()
        with pytest.raises(DriverUnavailable, match="does not answer"):
            driver.check()
        assert time.monotonic() - asked < 10


def test_a_process_that_forked_does_not_share_connections(docker_stage: DockerStage) -> None:
    docker_stage.driver.check()
    child = multiprocessing.get_context("fork").Process(target=ask_often, args=(docker_stage.driver,))
    child.start()
    ask_often(docker_stage.driver)
    child.join(timeout=30)
    assert child.exitcode == 0


def ask_often(driver: Driver) -> None:
    for _ in range(30):
        assert driver.check().isolated
        assert driver.list_owned() == []
