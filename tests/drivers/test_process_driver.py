"""What only the process driver promises: a parent for each instance, bounded logs, nothing of our environment."""

import dataclasses
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from factory.drivers import process_driver, process_folder
from factory.drivers.driver import EngineState, ImageRefused, InstanceSpec, StartFailed, StartRefused
from factory.drivers.process_driver import ProcessDriver
from factory.drivers.process_shim import LOG_BYTES, start_ticks
from tests.drivers.stages import LIMITS, ROOT, ProcessStage, wait_until


def look_of(stage: ProcessStage, spec: InstanceSpec) -> Any:
    """What the instance says of itself."""
    stage.driver.start(spec)
    wait_until(lambda: "}" in stage.driver.logs(spec.name, tail=5))
    return json.loads(stage.driver.logs(spec.name, tail=5).splitlines()[0])


def folder_of(stage: ProcessStage, spec: InstanceSpec) -> Path:
    return stage.state / "processes" / spec.name


def test_it_runs_components_by_the_sdk() -> None:
    folder = ROOT / "components" / "sinks" / "logger"
    assert process_driver.run_by_sdk(folder) == [sys.executable, "-m", "components.sdk.runner", str(folder)]


def test_an_instance_gets_its_limits_and_nothing_of_our_environment(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("looks")
    seen = look_of(process_stage, spec)
    assert set(seen["environment"]) == {"FACTORY_CONTROL", "LANG", "PATH", "PYTHONUNBUFFERED"}
    assert seen["control"] == str(spec.socket_directory / "control.sock")
    assert (seen["open_files"], seen["file_bytes"], seen["core_bytes"]) == (
        LIMITS.open_files,
        LIMITS.file_bytes,
        0,
    )
    assert seen["directory"] == str(ROOT)
    assert seen["nice"] == os.nice(0) + 5


@pytest.mark.fault
def test_an_instance_dies_with_its_parent_and_is_seen_as_killed(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("looks")
    component = look_of(process_stage, spec)["process"]
    shim = process_folder.read_shim(folder_of(process_stage, spec))
    assert shim is not None
    os.kill(shim, signal.SIGKILL)
    wait_until(lambda: start_ticks(component) is None)
    seen = process_stage.driver.inspect(spec.name)
    assert (seen.state, seen.exit_code) == (EngineState.EXITED, 137)
    assert "killed" in seen.error
    assert seen.started_at is not None
    assert seen.finished_at is not None
    assert seen.started_at <= seen.finished_at
    assert process_stage.driver.start(spec) == seen


@pytest.mark.fault
def test_an_instance_killed_from_outside_is_seen_so(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("looks")
    os.kill(look_of(process_stage, spec)["process"], signal.SIGKILL)
    wait_until(lambda: process_stage.driver.inspect(spec.name).state is EngineState.EXITED)
    seen = process_stage.driver.inspect(spec.name)
    assert (seen.exit_code, seen.error) == (137, "")


def test_what_an_instance_started_ends_with_it(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("parent")
    process_stage.driver.start(spec)
    wait_until(lambda: "here" in process_stage.driver.logs(spec.name, tail=5))
    wait_until(lambda: "child" in process_stage.driver.logs(spec.name, tail=5))
    words = process_stage.driver.logs(spec.name, tail=5).split()
    child = int(words[words.index("child") + 1])
    assert process_stage.driver.stop(spec.name, grace_seconds=5).exit_code == 0
    wait_until(lambda: start_ticks(child) is None)


def test_one_that_closes_its_output_lives_on(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("silent")
    process_stage.start(spec)
    assert process_stage.driver.inspect(spec.name).state is EngineState.RUNNING
    assert process_stage.driver.stop(spec.name, grace_seconds=5).exit_code == 0


def test_its_log_is_bounded(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("floods")
    process_stage.driver.start(spec)
    wait_until(lambda: "here" in process_stage.driver.logs(spec.name, tail=1), seconds=30)
    logs = [path for path in folder_of(process_stage, spec).iterdir() if path.name.startswith("log")]
    assert sorted(path.name for path in logs) == ["log", "log.1"]
    assert all(path.stat().st_size <= LOG_BYTES for path in logs)
    assert "059999" in process_stage.driver.logs(spec.name, tail=10)


def test_a_program_that_is_missing_ends_at_once_and_says_why(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("stays")
    driver = ProcessDriver(
        process_stage.install, process_stage.state, command=lambda folder: ["/bin/none", str(folder)]
    )
    driver.start(spec)
    wait_until(lambda: driver.inspect(spec.name).exit_code == 127)
    assert "/bin/none could not be executed" in driver.logs(spec.name, tail=5)


def test_a_folder_left_half_made_is_swept_once_it_is_old(process_stage: ProcessStage) -> None:
    left = process_stage.state / "processes" / ".pf-run-camera-1.abcd"
    left.mkdir(parents=True)
    assert process_stage.driver.list_owned() == []
    assert process_stage.driver.sweep(live_runs=frozenset()) == []
    hasty = ProcessDriver(process_stage.install, process_stage.state, sweep_grace=0)
    assert hasty.sweep(live_runs=frozenset()) == [left.name]
    assert not left.exists()


def test_a_process_id_of_another_boot_means_nothing(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("stays")
    process_stage.start(spec)
    claim = folder_of(process_stage, spec) / "claim.json"
    said = json.loads(claim.read_text())
    claim.write_text(json.dumps({**said, "boot": "another"}))
    assert process_stage.driver.inspect(spec.name).state is EngineState.EXITED
    claim.write_text(json.dumps({**said, "ticks": said["ticks"] + 1}))
    assert process_stage.driver.inspect(spec.name).state is EngineState.EXITED
    claim.write_text(json.dumps(said))
    assert process_stage.driver.inspect(spec.name).state is EngineState.RUNNING


def test_a_stepped_clock_cannot_end_a_life_before_it_began(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("stays")
    started = process_stage.start(spec)
    shim = process_folder.read_shim(folder_of(process_stage, spec))
    assert shim is not None
    os.kill(shim, signal.SIGSTOP)
    os.utime(folder_of(process_stage, spec) / "claim.json", (0, 0))
    os.kill(shim, signal.SIGKILL)
    wait_until(lambda: process_stage.driver.inspect(spec.name).state is EngineState.EXITED)
    assert process_stage.driver.inspect(spec.name).finished_at == started.started_at


def test_a_component_without_a_manifest_is_none(process_stage: ProcessStage) -> None:
    spec = process_stage.spec("stays")
    assert spec.folder is not None
    (spec.folder / "component.yaml").unlink()
    assert process_stage.driver.inspect(spec.name).state is EngineState.ABSENT
    with pytest.raises(StartRefused, match=r"component\.yaml"):
        process_stage.driver.start(spec)


def test_a_missing_socket_directory_fails_the_start(process_stage: ProcessStage) -> None:
    spec = dataclasses.replace(process_stage.spec("stays"), socket_directory=Path("/nowhere"))
    with pytest.raises(StartFailed, match="socket directory"):
        process_stage.driver.start(spec)


def test_an_image_is_refused_with_what_to_do_instead(process_stage: ProcessStage, tmp_path: Path) -> None:
    installed = dataclasses.replace(process_stage.spec("stays"), folder=None, digest="sha256:aaa")
    with pytest.raises(StartRefused, match="start a container engine"):
        process_stage.driver.start(installed)
    for take_in in (process_stage.driver.load_image, process_stage.driver.build_image):
        with pytest.raises(ImageRefused, match="plain processes run none"):
            take_in(tmp_path)
