import asyncio
import dataclasses
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from pytest_django import Settings

from components.contract.messages import CONTROL_SOCKET, Artifact, Attach, Configure, Event, Reply, Request
from components.contract.node_states import NodeState
from factory.domain.runs.groups import agent_group, run_group
from factory.domain.runs.states import RunState
from factory.doors.nodes.host_agent import HostAgent
from factory.drivers.driver import EngineState, InstanceSpec, Labels, Limits
from factory.drivers.process_driver import ProcessDriver
from factory.orchestration.kept_logs import keep_log
from tests.factory.doors.nodes.instances import Instance, wait_until
from tests.factory.doors.nodes.worlds import (
    CAMERA_TO_FILE,
    CAMERA_TO_SCREEN,
    SOUND_TO_FILE,
    DomainInMemory,
    small_run,
    with_node,
)
from tests.fakes.fake_driver import FakeDriver


class Site:
    """A whole agent over real sockets, processes and files; domain and channel layer in memory."""

    def __init__(self, sockets: Path, folder: Path) -> None:
        self.sockets, self.folder = sockets, folder
        self.domain = DomainInMemory(small_run())
        self.layer = InMemoryChannelLayer(capacity=1000)
        self.driver = ProcessDriver("test", folder / "state", command=lambda _folder: ["/bin/sleep", "300"])
        self.output = folder / "output"
        self.watching = ""

    async def start(self) -> None:
        agent = HostAgent(
            host="here",
            sockets=self.sockets,
            output=self.output,
            driver=self.driver,
            layer=self.layer,
            records=self.domain,
        )
        self.stop_asked = asyncio.Event()
        self.work = asyncio.create_task(agent.run(self.stop_asked))

    async def stop(self) -> None:
        self.stop_asked.set()
        await self.work

    async def close(self) -> None:
        if not self.work.done():
            await self.stop()
        for seen in self.driver.list_owned():
            self.driver.stop(seen.name, grace_seconds=0)
            self.driver.discard(seen.name)
        self.driver.close()

    async def watch(self) -> None:
        self.watching = await self.layer.new_channel()
        await self.layer.group_add(run_group(run_id="run"), self.watching)

    async def ring(self, message: dict[str, Any]) -> None:
        await wait_until(lambda: agent_group(host="here") in self.layer.groups)
        await self.layer.group_send(agent_group(host="here"), message)

    async def dial(self, node: str, attempt: int = 1) -> Instance:
        return await Instance.dial(self.sockets / f"pf-run-{node}-{attempt}" / CONTROL_SOCKET)

    async def three(self) -> tuple[Instance, Instance, Instance]:
        camera, screen, file = [await self.dial(node) for node in ("camera", "screen", "file")]
        for instance in (camera, screen, file):
            await instance.set_up()
        while (CAMERA_TO_SCREEN, 1, "input") not in screen.ends:
            await screen.expect(Attach)
        for instance, ends in ((camera, 3), (file, 2)):
            while len(instance.ends) < ends:
                await instance.expect(Attach)
        return camera, screen, file

    def start_process(self, node: str, *, deadline: int = 2**31) -> str:
        """A process that stands for the instance in the engine's eyes."""
        name = f"pf-run-{node}-1"
        (self.folder / "component.yaml").touch()
        labels = Labels("test", "alice", "run", node, 1, 1, deadline)
        limits = Limits(memory_bytes=2**28, cpus=1, pids=16)
        self.driver.start(InstanceSpec(name, "", self.folder, labels, limits, self.sockets / name))
        return name


@pytest.fixture
async def site(sockets: Path, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(sockets, tmp_path)
    await site.start()
    yield site
    await site.close()


async def test_states_are_written_once_and_measures_never(site: Site) -> None:
    camera = await site.dial("camera")
    await camera.set_up()
    for frames in range(20):
        camera.report("ready", measures={"frames": frames})
    # What came before may be written with it: only the newest state of a moment is.
    await wait_until(lambda: site.domain.reports and site.domain.reports[-1]["state"] == NodeState.READY)
    camera.report("degraded", reason="the picture is dark")
    await wait_until(lambda: site.domain.reports[-1]["reason"] == "the picture is dark")
    states = [report["state"] for report in site.domain.reports]
    assert states == sorted(set(states), key=states.index), "each change once"
    assert states[-2:] == [NodeState.READY, NodeState.DEGRADED]
    camera.die()


async def test_a_parameter_goes_down_and_its_revision_comes_back(site: Site) -> None:
    screen = await site.dial("screen")
    await screen.set_up()
    site.domain.runs["run"] = with_node(small_run(), "screen", revision=2, parameters={"text": "bye"})
    await site.ring({"type": "run.changed", "run": "run"})
    configure = (await screen.expect(Configure))[0]
    assert (configure.revision, configure.parameters) == (2, {"text": "bye"})
    refusal = {"revision": 2, "reason": "too short"}
    screen.report(observed_revision=1, refused=refusal)
    await wait_until(lambda: site.domain.reports and site.domain.reports[-1]["refused"] == refusal)
    assert site.domain.reports[-1]["revision"] == 1
    screen.die()


async def test_the_browsers_see_nodes_and_wires(site: Site) -> None:
    await site.watch()
    camera, screen, file = await site.three()
    camera.report(outputs={CAMERA_TO_SCREEN: {"dropped": 2, "unread": 1, "format": "i420"}})
    screen.report(inputs={CAMERA_TO_SCREEN: {"frames": 30, "bytes": 9, "lost": 1, "hop_us": 200, "format": "i420"}})
    async with asyncio.timeout(10):
        while True:
            status = await site.layer.receive(site.watching)
            wire = status["wires"][CAMERA_TO_SCREEN]
            if wire["frames"] and wire["lost"] == 2:
                break
    assert status["type"] == "run.status"
    assert wire["live"] is True
    assert (wire["format"], wire["latency_ms"], wire["unread"]) == ("i420", 0.2, 1)
    assert status["nodes"]["screen"]["state"] == "ready"
    for instance in (camera, screen, file):
        instance.die()


async def test_media_flows_on_without_database_and_what_was_said_is_written_later(site: Site) -> None:
    camera, screen, file = await site.three()
    site.domain.away.set()
    screen.report("degraded", reason="no database here")
    os.write(camera.ends[CAMERA_TO_SCREEN, 1, "output"][0], b"word")
    assert os.read(screen.ends[CAMERA_TO_SCREEN, 1, "input"][0], 10) == b"word"
    await asyncio.sleep(0.3)
    assert all(report["reason"] != "no database here" for report in site.domain.reports)
    site.domain.away.clear()
    await wait_until(lambda: any(report["reason"] == "no database here" for report in site.domain.reports))
    for instance in (camera, screen, file):
        instance.die()


async def test_an_overdue_instance_dies_though_database_and_layer_are_gone(site: Site) -> None:
    camera = await site.dial("camera")
    camera.die()

    async def gone(*_arguments: Any) -> None:
        raise ConnectionError("Redis is away")

    site.domain.away.set()
    for verb in ("receive", "group_add", "group_send", "send", "new_channel"):
        setattr(site.layer, verb, gone)
    name = site.start_process("camera", deadline=int(time.time()) - 1)
    await wait_until(lambda: site.driver.inspect(name).state is EngineState.EXITED)


async def test_a_file_is_handed_out_stored_and_noted(site: Site) -> None:
    file = await site.dial("file")
    await file.set_up()
    file.say(Event("artifact_wanted", {"id": "1-1", "name": "clip.mp4", "media_type": "video/mp4"}))
    artifact, descriptors = await file.expect(Artifact)
    assert artifact.quota_bytes == 1_000_000
    os.write(descriptors[0], b"frames")
    os.close(descriptors[0])
    file.say(Event("artifact_closed", {"id": "1-1"}))
    file.die()
    await wait_until(lambda: site.domain.stored)
    assert site.domain.stored == [("clip.mp4", 6, True)]
    assert (site.output / "run/file/clip.mp4").read_bytes() == b"frames"
    assert site.domain.opened[0][1] == "video/mp4"


async def test_what_a_killed_instance_wrote_is_stored_once_the_engine_says_it_is_over(site: Site) -> None:
    file = await site.dial("file")
    name = site.start_process("file")
    await file.set_up()
    file.say(Event("artifact_wanted", {"id": "1", "name": "clip.mp4", "media_type": "video/mp4"}))
    _artifact, descriptors = await file.expect(Artifact)
    os.write(descriptors[0], b"fra")
    file.die()
    await asyncio.sleep(0.2)
    assert site.domain.stored == [], "it may only have lost its connection"
    site.driver.stop(name, grace_seconds=0)
    await wait_until(lambda: site.domain.stored)
    assert site.domain.stored == [("clip.mp4", 3, False)]
    os.close(descriptors[0])


async def test_the_next_agent_stores_what_died_while_there_was_none(site: Site) -> None:
    file = await site.dial("file")
    await file.set_up()
    file.say(Event("artifact_wanted", {"id": "1", "name": "clip.mp4", "media_type": "video/mp4"}))
    _artifact, descriptors = await file.expect(Artifact)
    os.write(descriptors[0], b"frames")
    await site.stop()
    file.die()
    await site.start()
    await wait_until(lambda: site.domain.stored)
    assert site.domain.stored == [("clip.mp4", 6, False)]
    os.close(descriptors[0])


async def test_a_restarted_agent_disturbs_nothing_and_serves_on(site: Site) -> None:
    before = await site.three()
    await site.stop()
    os.write(before[0].ends[CAMERA_TO_SCREEN, 1, "output"][0], b"while away")
    await site.start()
    after = []
    for node, old in zip(("camera", "screen", "file"), before, strict=True):
        old.hang_up()
        instance = await site.dial(node)
        instance.ends = old.ends
        instance.hello(state="ready", observed_revision=1)
        await instance.expect(Configure)
        after.append(instance)
    assert os.read(after[1].ends[CAMERA_TO_SCREEN, 1, "input"][0], 20) == b"while away"
    site.domain.runs["run"] = with_node(small_run(), "camera", revision=2)
    await site.ring({"type": "run.changed", "run": "run"})
    assert (await after[0].expect(Configure))[0].revision == 2
    wires = {wire for instance in after for wire, _generation, _end in instance.ends}
    assert wires == {CAMERA_TO_SCREEN, CAMERA_TO_FILE, SOUND_TO_FILE}
    assert {generation for instance in after for _wire, generation, _end in instance.ends} == {1}
    for instance in after:
        instance.die()


async def test_a_request_crosses_to_the_gateway_and_its_reply_back(site: Site) -> None:
    camera = await site.dial("camera")
    await camera.set_up()
    caller = await site.layer.new_channel()
    doorbell = {
        "type": "gateway.request",
        "id": "q1",
        "run": "run",
        "node": "camera",
        "kind": "whip-offer",
        "body": {"sdp": "v=0"},
        "deadline": time.time() + 10,
        "reply_channel": caller,
    }
    await site.ring(doorbell)
    request = (await camera.expect(Request))[0]
    camera.say(Reply(request.id, 201, {"sdp": "answer"}))
    async with asyncio.timeout(10):
        assert await site.layer.receive(caller) == {
            "type": "gateway.reply",
            "id": "q1",
            "status": 201,
            "body": {"sdp": "answer"},
        }
        await site.ring({**doorbell, "id": "q2", "node": "nobody"})
        assert (await site.layer.receive(caller))["status"] == 503
    camera.die()


async def test_the_log_of_a_run_that_is_long_over_is_told(site: Site, settings: Settings) -> None:
    settings.FACTORY_STATE = site.folder / "state"
    caller = await site.layer.new_channel()
    doorbell: dict[str, Any] = {"type": "gateway.request", "id": "q1", "run": "old", "node": "camera"}
    doorbell |= {"kind": "node-log", "body": {"attempt": 0}, "deadline": time.time() + 10, "reply_channel": caller}
    keep_log(FakeDriver("test"), "pf-old-camera-2")
    await site.ring(doorbell)
    async with asyncio.timeout(10):
        reply = await site.layer.receive(caller)
    assert (reply["status"], reply["body"]["attempt"], reply["body"]["live"]) == (200, 2, False)


async def test_the_next_attempt_finds_its_socket_before_it_is_started(site: Site) -> None:
    first = await site.dial("camera", attempt=1)
    second = await site.dial("camera", attempt=2)
    second.hello()
    await second.expect(Configure)
    first.die()
    second.die()


async def test_before_hello_nothing_is_believed(site: Site) -> None:
    camera = await site.dial("camera")
    camera.report("ready")
    await camera.expect_end()
    assert site.domain.reports == []
    camera.die()


@pytest.mark.parametrize("change", [{"state": "splendid"}, {"ends": [{"wire": 1}]}, {"measures": {"frames": "many"}}])
async def test_a_report_that_makes_no_sense_costs_its_sender_the_connection_and_nobody_else(
    site: Site, change: dict[str, Any]
) -> None:
    camera, screen = await site.dial("camera"), await site.dial("screen")
    for instance in (camera, screen):
        await instance.set_up()
    camera.report(**{"state": "ready", **change})
    await camera.expect_end()
    screen.report("ready")
    await wait_until(lambda: any(report["node"] == "screen" for report in site.domain.reports))
    camera.die()
    screen.die()


async def test_a_newer_contract_is_refused_with_a_reason_that_is_shown(site: Site) -> None:
    camera = await site.dial("camera")
    camera.ends = {}
    line = b'{"op":"hello","contract":99,"clock_ns":1,"observed_revision":0,"ends":[],"state":"starting"}\n'
    camera.socket.sendall(line)
    await wait_until(lambda: site.domain.reports)
    assert site.domain.reports[-1]["state"] is NodeState.FAILED
    assert "upgrade the agent" in site.domain.reports[-1]["reason"]
    camera.die()


async def test_a_run_that_is_over_leaves_no_folder(site: Site) -> None:
    camera = await site.dial("camera")
    camera.die()
    site.domain.runs["run"] = dataclasses.replace(small_run(), state=RunState.STOPPED, wanted=False)
    await site.ring({"type": "run.changed", "run": "run"})
    deadline = time.monotonic() + 20
    while any(path.name.startswith("pf-") for path in site.sockets.iterdir()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_unfinished_runs_are_rung_for_again_and_again(site: Site) -> None:
    await wait_until(lambda: site.domain.rings.count("run") >= 2)
