"""What the engine itself says of the containers of a run."""

import docker
import pytest

from tests.journeys.terminal import Terminal, inspect_all

pytestmark = [pytest.mark.journey, pytest.mark.engine]


def test_every_node_has_one_container_and_only_the_gateway_has_a_network(containers: Terminal) -> None:
    running = containers.start("webcam", seconds=4)
    run = running.wait_until_ready()
    seen = inspect_all(containers.install)
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
    assert inspect_all(containers.install) == {}


def test_the_networks_of_a_run_go_with_it(containers: Terminal) -> None:
    running = containers.start("webcam", seconds=1)
    run = running.wait_until_ready()
    running.succeed()

    client = docker.APIClient()
    try:
        assert [one["Name"] for one in client.networks() if run in one["Name"]] == []
    finally:
        client.close()
