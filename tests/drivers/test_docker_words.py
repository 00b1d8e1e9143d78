"""The two pure translations, to the engine's words and back; no engine needed."""

import datetime
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from factory.drivers import docker_events, docker_seen, docker_spec
from factory.drivers.driver import EngineEvent, EngineState, InstanceSpec, Labels, Limits
from tests.drivers.stages import ROOT

LABELS = Labels(
    install="here", team="team-a", run="abcdefgh", node="camera", attempt=2, epoch=3, deadline=1_900_000_000
)
HOST_CONFIG = {
    "AutoRemove",
    "CapDrop",
    "Init",
    "LogConfig",
    "Memory",
    "MemorySwap",
    "Mounts",
    "NanoCpus",
    "NetworkMode",
    "OomScoreAdj",
    "PidsLimit",
    "Privileged",
    "ReadonlyRootfs",
    "RestartPolicy",
    "SecurityOpt",
    "Tmpfs",
    "Ulimits",
}


def inspected(**state: Any) -> dict[str, Any]:
    said = {
        "Status": "running",
        "StartedAt": "2026-11-22T10:00:00.123456789Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "ExitCode": 0,
        "OOMKilled": False,
        "Error": "",
    }
    return {"Name": "/pf-abcdefgh-camera-2", "Config": {"Labels": LABELS.as_strings()}, "State": {**said, **state}}


@given(
    text=st.text(max_size=40),
    memory=st.integers(1, 2**40),
    cpus=st.floats(0.01, 64),
    numbers=st.tuples(st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 2**40)),
)
def test_no_instance_can_ask_for_more_than_the_schema_gives(
    text: str, memory: int, cpus: float, numbers: tuple[int, int, int]
) -> None:
    limits = Limits(memory_bytes=memory, cpus=cpus, pids=numbers[0], open_files=numbers[1], file_bytes=numbers[2])
    labels = Labels(install=text, team=text, run=text, node=text, attempt=1, epoch=1, deadline=1)
    spec = InstanceSpec(
        name=text, image=text, folder=Path(text), labels=labels, limits=limits, socket_directory=Path("/sockets/a")
    )
    body = docker_spec.create_body(spec, network="none", seccomp="{}")
    host = body["HostConfig"]
    assert set(host) == HOST_CONFIG
    assert (host["Privileged"], host["ReadonlyRootfs"], host["CapDrop"]) == (False, True, ["ALL"])
    assert host["SecurityOpt"] == ["no-new-privileges", "seccomp={}"]
    assert host["MemorySwap"] == host["Memory"] == memory
    assert [(mount["Source"], mount["ReadOnly"]) for mount in host["Mounts"]] == [("/sockets/a", True)]
    assert body["User"] == "65534:65534"
    assert not {"Volumes", "Cmd", "Entrypoint", "ExposedPorts", "NetworkingConfig"} & set(body)


def test_the_network_of_a_run_has_one_name_for_all_its_instances() -> None:
    name = docker_spec.network_name(LABELS)
    assert name.startswith("pf-")
    assert name.endswith("-abcdefgh")
    assert docker_spec.network_name(Labels(**{**vars(LABELS), "node": "file", "attempt": 1})) == name
    assert docker_spec.network_name(Labels(**{**vars(LABELS), "install": "there"})) != name


def test_it_reads_a_running_container() -> None:
    seen = docker_seen.read_inspected(inspected(), install="here")
    assert (seen.name, seen.state, seen.labels) == ("pf-abcdefgh-camera-2", EngineState.RUNNING, LABELS)
    assert seen.started_at == datetime.datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=datetime.UTC)
    assert (seen.finished_at, seen.exit_code) == (None, None)


def test_it_reads_an_exited_container() -> None:
    payload = inspected(Status="exited", FinishedAt="2026-11-22T12:00:01.5+01:00", ExitCode=137, OOMKilled=True)
    seen = docker_seen.read_inspected(payload, install="here")
    assert seen.finished_at == datetime.datetime(2026, 11, 22, 11, 0, 1, 500000, tzinfo=datetime.UTC)
    assert (seen.state, seen.exit_code, seen.out_of_memory) == (EngineState.EXITED, 137, True)


def test_a_container_that_failed_to_start_says_why() -> None:
    payload = inspected(Status="created", StartedAt="0001-01-01T00:00:00Z", ExitCode=127, Error="no such file")
    seen = docker_seen.read_inspected(payload, install="here")
    assert (seen.state, seen.started_at, seen.exit_code) == (EngineState.CREATED, None, None)
    assert seen.error == "no such file"


def test_every_word_of_the_engine_has_one_of_ours() -> None:
    words = {
        "created": EngineState.CREATED,
        "dead": EngineState.EXITED,
        "exited": EngineState.EXITED,
        "paused": EngineState.PAUSED,
        "removing": EngineState.EXITED,
        "restarting": EngineState.UNKNOWN,
        "running": EngineState.RUNNING,
    }
    seen = {word: docker_seen.read_inspected(inspected(Status=word), install="here").state for word in words}
    assert seen == words


def test_what_is_not_ours_is_absent() -> None:
    assert docker_seen.read_inspected(inspected(), install="there").state is EngineState.ABSENT
    unlabelled = {**inspected(), "Config": {"Labels": None}}
    assert docker_seen.read_inspected(unlabelled, install="here").state is EngineState.ABSENT


def test_ours_with_broken_labels_is_still_ours() -> None:
    payload = {**inspected(), "Config": {"Labels": {"factory.install": "here", "factory.attempt": "many"}}}
    seen = docker_seen.read_inspected(payload, install="here")
    assert (seen.state, seen.labels) == (EngineState.RUNNING, None)


def test_events_of_no_concern_are_none() -> None:
    attributes = {"name": "pf-abcdefgh-camera-2", **LABELS.as_strings()}
    died = {"Action": "die", "Actor": {"Attributes": attributes}}
    assert docker_events.read_event(died) == EngineEvent(name=attributes["name"], labels=LABELS, kind="exited")
    assert docker_events.read_event({**died, "Action": "exec_start"}) is None
    assert docker_events.read_event({"Action": "die", "Actor": {"Attributes": {"name": "other"}}}) is None
    assert docker_events.read_event({}) is None


def test_the_seccomp_profile_allows_no_way_around_its_walls() -> None:
    profile = json.loads((ROOT / "deploy" / "seccomp.json").read_text())
    allowed = {name for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert not [name for name in allowed if name.startswith(("io_uring", "process_vm_"))]
    assert not allowed & {"bpf", "clone3", "keyctl", "mount", "ptrace", "setns", "socketcall", "unshare", "userfaultfd"}
    families = [rule["args"][0]["value"] for rule in profile["syscalls"] if rule["names"] == ["socket"]]
    assert families == [1, 2, 10, 16]
    assert all(not entry["subArchitectures"] for entry in profile["archMap"])
