"""The fake must fail exactly as it is told to, or the tests that use it prove nothing."""

import datetime
import json
from pathlib import Path

import pytest

from factory.drivers.driver import DriverUnavailable, EngineState, StartFailed, StartRefused
from factory.foundation.clock import now
from tests.drivers.stages import FakeStage
from tests.fakes.fake_driver import Act, FakeDriver, build


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = now()

    def __call__(self) -> datetime.datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += datetime.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake_stage(tmp_path: Path) -> FakeStage:
    return FakeStage(tmp_path)


def test_it_refuses_and_fails_to_start(fake_stage: FakeStage) -> None:
    spec = fake_stage.spec("overlay")
    driver = FakeDriver(fake_stage.install, acts={"overlay": Act(start_error="no space left")})
    with pytest.raises(StartFailed, match="no space left"):
        driver.start(spec)
    driver.act("overlay", Act(start_refused="the image is missing"))
    with pytest.raises(StartRefused, match="the image is missing"):
        driver.start(spec)
    assert driver.list_owned() == []


def test_it_creates_and_raises_once(fake_stage: FakeStage) -> None:
    spec = fake_stage.spec("overlay")
    driver = FakeDriver(fake_stage.install, acts={"*": Act(create_then_raise=True)})
    with pytest.raises(DriverUnavailable):
        driver.start(spec)
    assert driver.inspect(spec.name).state is EngineState.CREATED
    assert driver.start(spec).state is EngineState.RUNNING


def test_it_starts_and_raises_all_the_same(fake_stage: FakeStage) -> None:
    spec = fake_stage.spec("overlay")
    driver = FakeDriver(fake_stage.install, acts={"*": Act(start_then_raise=True)})
    for _ in range(2):
        with pytest.raises(DriverUnavailable):
            driver.start(spec)
    assert driver.inspect(spec.name).state is EngineState.RUNNING
    assert driver.starts == [spec.name]


def test_instances_end_when_they_should(fake_stage: FakeStage, clock: Clock) -> None:
    acts = {
        "ends": Act(run_for=5, exit_code=3),
        "killed": Act(kill_after=2),
        "starved": Act(kill_after=2, oom=True),
    }
    driver = FakeDriver(fake_stage.install, acts=acts, clock=clock)
    specs = {name: fake_stage.spec(name, node=name) for name in acts}
    for spec in specs.values():
        assert driver.start(spec).state is EngineState.RUNNING
    began = clock.time
    clock.move(2)
    killed, starved = driver.inspect(specs["killed"].name), driver.inspect(specs["starved"].name)
    assert (killed.exit_code, killed.out_of_memory) == (137, False)
    assert (starved.exit_code, starved.out_of_memory) == (137, True)
    assert killed.finished_at == began + datetime.timedelta(seconds=2)
    assert driver.inspect(specs["ends"].name).state is EngineState.RUNNING
    clock.move(60)
    ended = driver.inspect(specs["ends"].name)
    assert (ended.exit_code, ended.finished_at) == (3, began + datetime.timedelta(seconds=5))


def test_it_falls_silent_and_answers_again(fake_stage: FakeStage, clock: Clock) -> None:
    spec = fake_stage.spec("overlay")
    driver = FakeDriver(fake_stage.install, clock=clock)
    driver.start(spec)
    driver.fall_silent(10)
    with pytest.raises(DriverUnavailable):
        driver.list_owned()
    clock.move(10)
    assert driver.inspect(spec.name).state is EngineState.RUNNING


def test_it_hangs_for_as_long_as_told_and_gives_up(fake_stage: FakeStage) -> None:
    driver = FakeDriver(fake_stage.install, acts={"*": Act(hang=0.05)})
    with pytest.raises(DriverUnavailable, match="hung"):
        driver.start(fake_stage.spec("overlay"))


def test_it_loses_events(fake_stage: FakeStage) -> None:
    driver = FakeDriver(fake_stage.install, lose_events=True)
    events = driver.events()
    driver.start(fake_stage.spec("overlay"))
    driver.close()
    assert list(events) == []


def test_several_processes_share_a_world_that_a_file_configures(fake_stage: FakeStage, tmp_path: Path) -> None:
    settings = {"acts": {"overlay": {"exit_code": 3, "run_for": 0}}, "unavailable_for": 0}
    (tmp_path / "fake_driver.json").write_text(json.dumps(settings))
    spec = fake_stage.spec("overlay")
    one, other = build(fake_stage.install, tmp_path), build(fake_stage.install, tmp_path)
    one.start(spec)
    assert other.inspect(spec.name).exit_code == 3
    assert other.starts == [spec.name]
    other.discard(spec.name)
    assert one.list_owned() == []
