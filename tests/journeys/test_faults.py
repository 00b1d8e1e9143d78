"""What is killed comes back, is started once, and costs no more than it must."""

import itertools
import os
import re
import signal
import time
from pathlib import Path

import docker
import pytest

from tests.journeys import recording
from tests.journeys.terminal import Terminal, inspect_all, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.fault]


def kill_node(terminal: Terminal, run: str, node: str) -> None:
    """kill -9 of a node's instance, from outside."""
    if terminal.driver == "docker":
        client = docker.APIClient()
        client.kill(f"pf-{run}-{node}-1", "SIGKILL")
        client.close()
        return
    pids = [
        pid
        for pid in terminal.processes("components.sdk.runner", "recorder")
        if b"process_shim" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    os.kill(pids[0], signal.SIGKILL)


def test_a_killed_recorder_leaves_a_playable_file_and_the_run_recovers(terminal: Terminal) -> None:
    running = terminal.start("hello", seconds=12)
    run = running.wait_until_ready()
    time.sleep(4)
    kill_node(terminal, run, "file")
    report = running.succeed()

    assert report["nodes"]["file"]["restarts"] == 1
    assert report["nodes"]["caption"]["restarts"] == report["nodes"]["camera"]["restarts"] == 0
    broken, whole = sorted(report["files"], key=lambda file: bool(file["complete"]))
    assert (broken["complete"], whole["complete"]) == (False, True)
    for file, least in ((broken, 2.0), (whole, 3.0)):
        tracks = recording.tracks(file["path"])
        assert set(tracks) == {"video", "audio"}
        assert tracks["video"].duration > least
        assert tracks["audio"].duration > least
        assert recording.decoded_frames(file["path"]) >= least * 25


def test_media_flows_on_without_the_agent_and_parameters_work_after_its_return(terminal: Terminal) -> None:
    running = terminal.start("hello", seconds=14)
    run = running.wait_until_ready()
    time.sleep(2)
    [agent] = terminal.processes("manage.py", "agent")
    os.kill(agent, signal.SIGKILL)
    wait_for(lambda: [pid for pid in terminal.processes("manage.py", "agent") if pid != agent], "it is started again")
    changed = change(terminal, run, "caption", "text=changed")
    report = running.succeed()

    assert "applied" in changed
    assert report["nodes"]["caption"]["observed_revision"] == 2
    assert all(node["restarts"] == 0 for node in report["nodes"].values())
    clocks = recording.clocks(report["files"][0]["path"])
    gaps = [after[0] - before[0] for before, after in itertools.pairwise(clocks)]
    assert max(gaps) < 0.25, "no picture was missing while the agent was away"
    assert sum(wire["lost"] for wire in report["wires"].values()) == 0


def change(terminal: Terminal, run: str, node: str, parameter: str) -> str:
    """What `set` says."""
    answer = terminal.manage("set", run, node, parameter)
    return answer.stdout + answer.stderr


@pytest.mark.engine
def test_a_worker_killed_between_create_and_start_leads_to_one_container(containers: Terminal) -> None:
    containers.environment["FACTORY_FAULT"] = "after_create:kill9"
    running = containers.start("hello", seconds=3)
    first = wait_for(lambda: containers.processes("celery", "worker"), "the worker starts")[0]
    wait_for(lambda: first not in containers.processes("celery", "worker"), "it dies between create and start")
    run = running.wait_until_ready()
    names = {one["Name"] for one in inspect_all(containers.install).values()}
    report = running.succeed()

    assert names == {f"/pf-{run}-{node}-1" for node in ("camera", "caption", "file")}
    assert all(node["restarts"] == 0 for node in report["nodes"].values())
    assert recording.decoded_frames(report["files"][0]["path"]) > 60


def test_a_parameter_that_the_component_refuses_is_not_shown_as_applied(terminal: Terminal) -> None:
    running = terminal.start("hello", seconds=8)
    run = running.wait_until_ready()
    broken = terminal.manage("set", run, "caption", "image=data:image/png;base64,AAAA")
    mended = terminal.manage("set", run, "caption", "image=", "text=mended")
    report = running.succeed()

    assert broken.returncode != 0
    assert "refused" in (broken.stdout + broken.stderr).lower()
    assert not re.search(r"\bapplied\b", broken.stdout.replace("not applied", ""))
    assert (mended.returncode, "applied" in mended.stdout) == (0, True)
    assert report["nodes"]["caption"]["observed_revision"] == 3
