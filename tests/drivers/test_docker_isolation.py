"""The walls around a container, by the engine's own word and by what an instance can do from inside."""

import json
import socket
from typing import Any

import pytest

from factory.drivers.docker_spec import network_name
from factory.drivers.driver import InstanceSpec, Network
from tests.drivers.stages import LIMITS, MIB, DockerStage, wait_until

pytestmark = pytest.mark.engine


def said_by(stage: DockerStage, act: str) -> Any:
    """The JSON that an instance prints."""
    spec = stage.spec(act)
    stage.driver.start(spec)
    wait_until(lambda: "}" in stage.driver.logs(spec.name, tail=50))
    return json.loads(stage.driver.logs(spec.name, tail=50).splitlines()[0])


def test_the_engine_confirms_every_wall(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("stays")
    docker_stage.driver.start(spec)
    said = docker_stage.engine.inspect_container(spec.name)
    host = said["HostConfig"]
    assert said["Config"]["User"] == "65534:65534"
    assert {name: host[name] for name in ("NetworkMode", "ReadonlyRootfs", "CapDrop", "CapAdd", "Privileged")} == {
        "NetworkMode": "none",
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "CapAdd": None,
        "Privileged": False,
    }
    assert host["SecurityOpt"][0] == "no-new-privileges"
    assert json.loads(host["SecurityOpt"][1].removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"
    assert (host["Memory"], host["MemorySwap"]) == (LIMITS.memory_bytes, LIMITS.memory_bytes)
    assert (host["NanoCpus"], host["PidsLimit"]) == (500_000_000, LIMITS.pids)
    assert {limit["Name"]: limit["Hard"] for limit in host["Ulimits"]} == {
        "core": 0,
        "fsize": LIMITS.file_bytes,
        "nofile": LIMITS.open_files,
    }
    assert (host["RestartPolicy"]["Name"], host["AutoRemove"], host["OomScoreAdj"]) == ("no", False, 500)
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "2"}}
    assert host["Binds"] is None
    assert not host["Devices"]
    assert [(mount["Destination"], mount["RW"]) for mount in said["Mounts"]] == [("/run/factory", False)]


def test_an_instance_sees_its_walls(docker_stage: DockerStage) -> None:
    seen = said_by(docker_stage, "looks")
    assert seen["user"] == [65534, 65534]
    assert set(seen["capabilities"]) == {"0000000000000000"}
    assert (seen["no_new_privileges"], seen["seccomp"]) == ("1", "2")
    assert seen["interfaces"] == ["lo"]
    assert (seen["open_files"], seen["file_bytes"], seen["core_bytes"]) == (256, 4 * MIB, 0)
    assert seen["control"] == "/run/factory/control.sock"
    assert seen["directory"] == "/app"
    assert set(seen["environment"]) == {"FACTORY_CONTROL", "HOME", "HOSTNAME", "LANG", "PATH", "PYTHONUNBUFFERED"}


def test_an_instance_can_do_what_media_needs_and_nothing_more(docker_stage: DockerStage) -> None:
    tried = said_by(docker_stage, "probes")
    works = {"write to scratch", "read the sockets", "map a memfd", "pass a descriptor", "start threads"}
    works |= {"AF_INET", "AF_INET6", "AF_NETLINK"}
    assert {name for name, result in tried.items() if result == "works"} == works
    refused = {name: result for name, result in tried.items() if name not in works}
    assert refused.pop("write to the root") == "Read-only file system"
    assert refused.pop("write to the sockets") == "Read-only file system"
    assert refused.pop("write a large file") == "File too large"
    assert refused.pop("execute from scratch") == "Permission denied"
    assert set(refused) == {
        "AF_ALG",
        "AF_PACKET",
        "AF_VSOCK",
        "bpf",
        "io_uring_setup",
        "keyctl",
        "mount",
        "perf_event_open",
        "ptrace",
        "set the clock",
        "unshare a user namespace",
        "userfaultfd",
    }
    assert set(refused.values()) == {"Operation not permitted"}


def test_one_that_takes_too_much_memory_is_seen_so(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("hungry")
    docker_stage.driver.start(spec)
    wait_until(lambda: docker_stage.driver.inspect(spec.name).exit_code is not None, seconds=30)
    ended = docker_stage.driver.inspect(spec.name)
    assert (ended.exit_code, ended.out_of_memory) == (137, True)


def test_its_log_is_bounded(docker_stage: DockerStage) -> None:
    spec = docker_stage.spec("floods")
    docker_stage.driver.start(spec)
    wait_until(lambda: "here" in docker_stage.driver.logs(spec.name, tail=1), seconds=30)
    kept = docker_stage.driver.logs(spec.name, tail=1_000_000)
    assert 0 < len(kept) <= 2 * MIB
    assert "059999" in kept


def address_of(stage: DockerStage, spec: InstanceSpec) -> str:
    networks = stage.engine.inspect_container(spec.name)["NetworkSettings"]["Networks"]
    assert list(networks) == [network_name(spec.labels)]
    return str(networks[network_name(spec.labels)]["IPAddress"])


def test_a_network_is_of_one_run_and_its_members_cannot_reach_each_other(docker_stage: DockerStage) -> None:
    server = docker_stage.spec("serves", node="server", network=Network.RUN)
    caller = docker_stage.spec("dials", node="caller", network=Network.RUN)
    docker_stage.start(server)
    docker_stage.driver.start(caller)
    with socket.create_connection((address_of(docker_stage, server), 7000), timeout=5) as connection:
        assert connection.recv(1) == b""
    wait_until(lambda: "]" in docker_stage.driver.logs(caller.name, tail=50))
    assert json.loads(docker_stage.driver.logs(caller.name, tail=50).splitlines()[0]) == []
    networks = docker_stage.engine.networks(filters={"label": [f"factory.install={docker_stage.install}"]})
    assert [network["Name"] for network in networks] == [network_name(server.labels)]
    assert networks[0]["Labels"]["factory.run"] == docker_stage.run
    assert docker_stage.driver.sweep(live_runs=frozenset()) == []
