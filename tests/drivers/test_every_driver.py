"""What every driver promises, tried on each: the engine, plain processes, and the fake that other tests trust."""

import concurrent.futures
import datetime
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from factory.drivers.driver import (
    DriverUnavailable,
    EngineEvent,
    EngineState,
    InstanceSpec,
    Network,
    Seen,
    StartRefused,
    WatchesEvents,
)
from factory.drivers.still_running import StillRunning
from factory.foundation.clock import now
from factory.foundation.faults import DRIVER_FAULT_POINTS
from tests.drivers.stages import Stage, StagedDriver, wait_until


def end_of(stage: Stage, spec: InstanceSpec) -> Seen:
    """The instance, once it has ended by itself."""
    wait_until(lambda: stage.driver.inspect(spec.name).state is EngineState.EXITED)
    return stage.driver.inspect(spec.name)


def test_it_says_what_the_engine_is_and_whether_instances_are_isolated(stage: Stage) -> None:
    health = stage.driver.check()
    assert health.engine
    assert health.isolated is (stage.path == "factory.drivers.docker_driver.build")


def test_it_starts_an_instance_and_keeps_its_labels(stage: Stage) -> None:
    spec = stage.spec("stays")
    before = now()
    seen = stage.driver.start(spec)
    assert (seen.name, seen.state, seen.labels) == (spec.name, EngineState.RUNNING, spec.labels)
    assert seen.exit_code is None
    assert seen.finished_at is None
    assert seen.started_at is not None
    assert before - datetime.timedelta(seconds=1) <= seen.started_at <= now() + datetime.timedelta(seconds=1)
    assert stage.driver.inspect(spec.name) == seen


def test_a_second_start_starts_nothing(stage: Stage) -> None:
    spec = stage.spec("stays")
    first = stage.driver.start(spec)
    assert stage.driver.start(spec) == first
    assert stage.another().start(spec) == first
    assert stage.started_once(spec)


def test_an_instance_that_has_ended_is_not_started_again(stage: Stage) -> None:
    spec = stage.spec("ends")
    stage.driver.start(spec)
    ended = end_of(stage, spec)
    assert stage.driver.start(spec) == ended


def test_eight_starts_at_once_make_one_instance(stage: Stage) -> None:
    spec = stage.spec("stays")
    drivers = [stage.another() for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda driver: driver.start(spec), drivers))
    assert {one.state for one in seen} == {EngineState.RUNNING}
    assert len({one.started_at for one in seen}) == 1
    assert stage.started_once(spec)


def test_different_names_start_side_by_side(stage: Stage) -> None:
    specs = [stage.spec("stays", node=f"node{number}") for number in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(stage.driver.start, specs))
    owned = stage.driver.list_owned(stage.run)
    assert {one.name for one in owned} == {spec.name for spec in specs}
    assert {one.state for one in owned} == {EngineState.RUNNING}


@pytest.mark.fault
@pytest.mark.parametrize("point", DRIVER_FAULT_POINTS)
def test_a_start_killed_half_way_is_taken_up_by_the_next(stage: Stage, point: str) -> None:
    spec = stage.spec("stays")
    assert stage.start_with_fault(spec, f"{point}:kill9") == -9
    left = stage.driver.inspect(spec.name)
    assert (left.state, left.labels, left.started_at) == (EngineState.CREATED, spec.labels, None)
    assert [one.name for one in stage.driver.list_owned(stage.run)] == [spec.name]
    assert stage.driver.start(spec).state is EngineState.RUNNING
    assert stage.started_once(spec)


@pytest.mark.fault
def test_what_was_only_created_can_be_stopped_and_discarded(stage: Stage) -> None:
    spec = stage.spec("stays")
    stage.start_with_fault(spec, "after_create:kill9")
    assert stage.driver.stop(spec.name, grace_seconds=1).state is EngineState.CREATED
    stage.driver.discard(spec.name)
    assert stage.driver.inspect(spec.name).state is EngineState.ABSENT


def test_an_instance_outlives_the_process_that_started_it(stage: Stage) -> None:
    spec = stage.spec("stays")
    assert stage.start_with_fault(spec, "") == 0
    wait_until(lambda: "here" in stage.driver.logs(spec.name, tail=1))
    assert stage.driver.inspect(spec.name).state is EngineState.RUNNING
    assert stage.driver.stop(spec.name, grace_seconds=5).exit_code == 0


def test_stop_lets_it_end_well(stage: Stage) -> None:
    spec = stage.spec("stays")
    stage.start(spec)
    stopped = stage.driver.stop(spec.name, grace_seconds=10)
    assert (stopped.state, stopped.exit_code) == (EngineState.EXITED, 0)
    assert stage.driver.inspect(spec.name) == stopped
    assert stage.driver.stop(spec.name, grace_seconds=10) == stopped


def test_stop_kills_what_ignores_the_signal_after_its_grace(stage: Stage) -> None:
    spec = stage.spec("stubborn")
    stage.start(spec)
    asked = time.monotonic()
    stopped = stage.driver.stop(spec.name, grace_seconds=1)
    assert time.monotonic() - asked >= 1
    assert (stopped.state, stopped.exit_code) == (EngineState.EXITED, 137)


def test_it_tells_how_and_when_an_instance_ended(stage: Stage) -> None:
    spec = stage.spec("fails")
    stage.driver.start(spec)
    ended = end_of(stage, spec)
    assert (ended.exit_code, ended.out_of_memory) == (7, False)
    assert ended.started_at is not None
    assert ended.finished_at is not None
    assert ended.started_at <= ended.finished_at <= now() + datetime.timedelta(seconds=1)
    assert ended.finished_at.tzinfo is not None
    assert "it is broken" in stage.driver.logs(spec.name, tail=50)


def test_a_life_is_as_long_as_it_was(stage: Stage) -> None:
    spec = stage.spec("ends")
    stage.driver.start(spec)
    ended = end_of(stage, spec)
    assert ended.exit_code == 0
    assert ended.started_at is not None
    assert ended.finished_at is not None
    assert ended.finished_at - ended.started_at >= datetime.timedelta(seconds=0.3)


def test_logs_are_the_last_lines(stage: Stage) -> None:
    spec = stage.spec("talks")
    stage.start(spec)
    assert stage.driver.logs(spec.name, tail=3).split() == ["line", "298", "line", "299", "here"]
    assert len(stage.driver.logs(spec.name, tail=1000).splitlines()) == 301
    assert stage.driver.logs(spec.name, tail=0) == ""
    stage.driver.stop(spec.name, grace_seconds=5)
    assert stage.driver.logs(spec.name, tail=1).strip() == "here"


def test_what_runs_is_not_discarded(stage: Stage) -> None:
    spec = stage.spec("stays")
    stage.driver.start(spec)
    with pytest.raises(StillRunning, match="stop it"):
        stage.driver.discard(spec.name)
    assert stage.driver.inspect(spec.name).state is EngineState.RUNNING
    stage.driver.stop(spec.name, grace_seconds=5)
    stage.driver.discard(spec.name)
    assert stage.driver.inspect(spec.name) == Seen(name=spec.name, state=EngineState.ABSENT)
    assert stage.driver.list_owned() == []


def test_what_is_absent_can_be_asked_stopped_and_discarded(stage: Stage) -> None:
    name = f"pf-{stage.run}-nobody-1"
    absent = Seen(name=name, state=EngineState.ABSENT)
    assert stage.driver.inspect(name) == absent
    assert stage.driver.stop(name, grace_seconds=1) == absent
    assert stage.driver.logs(name, tail=10) == ""
    stage.driver.discard(name)
    assert stage.driver.list_owned() == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "pf-", "pf-a/../b", "PF-A-B-1", "mine", "", "pf-a b-1"])
def test_names_that_are_not_ours_are_absent_and_never_started(stage: Stage, name: str) -> None:
    spec = stage.spec("stays")
    assert stage.driver.inspect(name).state is EngineState.ABSENT
    with pytest.raises(StartRefused, match="instance name"):
        stage.driver.start(InstanceSpec(**{**vars(spec), "name": name}))


def test_it_lists_one_run_or_all(stage: Stage) -> None:
    mine, other = stage.spec("stays"), stage.spec("fails", run="otherrun")
    stage.driver.start(mine)
    stage.driver.start(other)
    end_of(stage, other)
    assert [one.name for one in stage.driver.list_owned(stage.run)] == [mine.name]
    assert [one.name for one in stage.driver.list_owned("otherrun")] == [other.name]
    assert stage.driver.list_owned("norun") == []
    everyone = {one.name: one for one in stage.driver.list_owned()}
    assert everyone == {spec.name: stage.driver.inspect(spec.name) for spec in (mine, other)}


def test_another_installation_is_never_touched(stage: Stage) -> None:
    stranger = stage.another("another-install")
    spec = stage.spec("stays", install="another-install")
    started = stranger.start(spec)
    assert stage.driver.list_owned() == []
    assert stage.driver.inspect(spec.name).state is EngineState.ABSENT
    assert stage.driver.stop(spec.name, grace_seconds=0).state is EngineState.ABSENT
    assert stage.driver.logs(spec.name, tail=10) == ""
    stage.driver.discard(spec.name)
    with pytest.raises(StartRefused, match="not ours"):
        stage.driver.start(stage.spec("stays"))
    with pytest.raises(StartRefused, match="belongs to"):
        stage.driver.start(spec)
    assert stranger.inspect(spec.name) == started


def test_a_missing_component_is_refused(stage: Stage) -> None:
    spec = stage.spec("stays")
    broken = InstanceSpec(**{**vars(spec), "image": "media-pipeline-factory/none:0", "folder": Path("/nowhere/none")})
    with pytest.raises(StartRefused):
        stage.driver.start(broken)
    assert stage.driver.list_owned() == []


def test_events_tell_of_starts_and_ends_until_closed(stage: Stage) -> None:
    assert isinstance(stage.driver, WatchesEvents)
    heard: queue.Queue[EngineEvent | None] = queue.Queue()
    stream = stage.driver.events()

    def listen() -> None:
        for event in stream:
            heard.put(event)
        heard.put(None)

    listener = threading.Thread(target=listen)
    listener.start()
    spec = stage.spec("ends")
    stage.driver.start(spec)
    events = [heard.get(timeout=10), heard.get(timeout=10)]
    assert events == [
        EngineEvent(name=spec.name, labels=spec.labels, kind="started"),
        EngineEvent(name=spec.name, labels=spec.labels, kind="exited"),
    ]
    stage.driver.close()
    assert heard.get(timeout=10) is None
    listener.join(timeout=10)
    assert not listener.is_alive()


def test_sweep_removes_what_was_made_for_runs_that_are_over(stage: Stage) -> None:
    specs = [stage.spec("stays", run=run, network=Network.RUN) for run in ("over", "live", "peopled")]
    for spec in specs:
        stage.driver.start(spec)
    for spec in specs[:2]:
        stage.driver.stop(spec.name, grace_seconds=5)
        stage.driver.discard(spec.name)
    swept = stage.driver.sweep(live_runs=frozenset({"live"}))
    assert [name for name in swept if "over" in name] == swept
    assert len(swept) == (1 if stage.networks else 0)
    assert stage.driver.sweep(live_runs=frozenset({"live"})) == []
    assert stage.driver.inspect(specs[2].name).state is EngineState.RUNNING


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda driver, spec: driver.check(), id="check"),
        pytest.param(lambda driver, spec: driver.start(spec), id="start"),
        pytest.param(lambda driver, spec: driver.inspect(spec.name), id="inspect"),
        pytest.param(lambda driver, spec: driver.stop(spec.name, grace_seconds=1), id="stop"),
        pytest.param(lambda driver, spec: driver.logs(spec.name, tail=1), id="logs"),
        pytest.param(lambda driver, spec: driver.discard(spec.name), id="discard"),
        pytest.param(lambda driver, spec: driver.sweep(live_runs=frozenset()), id="sweep"),
        pytest.param(lambda driver, spec: driver.list_owned(), id="list"),
        pytest.param(lambda driver, spec: driver.events(), id="events"),
    ],
)
def test_an_engine_that_does_not_answer_is_an_error_and_never_an_empty_answer(
    stage_with_engine: Stage, ask: Callable[[StagedDriver, InstanceSpec], object]
) -> None:
    driver = stage_with_engine.unreachable()
    with pytest.raises(DriverUnavailable):
        ask(driver, stage_with_engine.spec("stays"))
