"""What the engine itself says of the containers of a run."""

from typing import Any

import docker
import pytest

from tests.journeys.terminal import Terminal

pytestmark = [pytest.mark.journey, pytest.mark.engine]


def inspect_all(terminal: Terminal) -> dict[str, dict[str, Any]]:
    """The engine's own inspect of every container of this installation, by node."""
    client = docker.APIClient()
    try:
        label = f"factory.install={terminal.environment['FACTORY_INSTALL']}"
        listed = client.containers(all=True, filters={"label": label})
        found = [client.inspect_container(one["Id"]) for one in listed]
    finally:
        client.close()
    by_node = {one["Config"]["Labels"]["factory.node"]: one for one in found}
    assert len(by_node) == len(found), "one container a node"
    return by_node


def test_every_node_has_one_container_and_only_the_gateway_has_a_network(containers: Terminal) -> None:
    running = containers.start("webcam", seconds=4)
    run = running.wait_until_ready()
    seen = inspect_all(containers)
    running.succeed()

    assert set(seen) == {"camera", "gray", "caption", "file"}
    assert {node: one["HostConfig"]["NetworkMode"] for node, one in seen.items() if node != "camera"} == {
        "gray": "none",
        "caption": "none",
        "file": "none",
    }
    assert run in seen["camera"]["HostConfig"]["NetworkMode"]
    for node, one in seen.items():
        host = one["HostConfig"]
        assert one["Name"] == f"/pf-{run}-{node}-1"
        assert one["Config"]["User"] == "65534:65534"
        assert host["ReadonlyRootfs"] is True
        assert host["CapDrop"] == ["ALL"]
        assert "no-new-privileges" in " ".join(host["SecurityOpt"])
        assert host["Privileged"] is False
        assert host["Memory"] > 0
        assert host["MemorySwap"] == host["Memory"]
        assert host["NanoCpus"] > 0
        assert host["PidsLimit"] > 0
        assert host["AutoRemove"] is False
        assert host["RestartPolicy"]["Name"] in {"", "no"}
        assert [(mount["Destination"], mount["RW"]) for mount in one["Mounts"]] == [("/run/factory", False)]
    assert inspect_all(containers) == {}


def test_the_networks_of_a_run_go_with_it(containers: Terminal) -> None:
    running = containers.start("webcam", seconds=1)
    run = running.wait_until_ready()
    running.succeed()

    client = docker.APIClient()
    try:
        assert [one["Name"] for one in client.networks() if run in one["Name"]] == []
    finally:
        client.close()
