import asyncio
import dataclasses
import fcntl
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from components.contract.messages import CONTROL_SOCKET, Attach, Configure, Detach, Event, Hello, Message, Report
from factory.doors.nodes.control_server import ControlServer
from factory.doors.nodes.run_pod import RunPod, read_ends
from tests.factory.doors.nodes.descriptors import count_descriptors
from tests.factory.doors.nodes.instances import Instance, wait_until
from tests.factory.doors.nodes.worlds import CAMERA_TO_FILE, CAMERA_TO_SCREEN, SOUND_TO_FILE, small_run, with_node


class Host:
    """A control server and one pod joined as the agent joins them, without the rest of it."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets
        self.now = 5_000_000_000
        self.start()

    def start(self) -> None:
        self.server = ControlServer(self.sockets, on_message=self._hear, on_lost=lambda name, _why: self.pod.lost(name))
        self.pod = RunPod(small_run(), send=self.server.send, clock=lambda: self.now)

    def _hear(self, name: str, message: Message) -> None:
        _prefix, _run, node, attempt = name.split("-")
        match message:
            case Hello():
                self.pod.hello(name, node, int(attempt), message)
            case Report():
                self.pod.reports(name, message)
            case Event("ring_wanted", body):
                self.pod.wants_ring(name, body["port"], body["slot_bytes"])
            case Event("detached", body):
                self.pod.detached(name, body["wire"], body["generation"])

    def stop(self) -> None:
        self.server.close()
        self.pod.close()

    async def dial(self, node: str, attempt: int = 1) -> Instance:
        name = f"pf-run-{node}-{attempt}"
        self.server.listen(name)
        return await Instance.dial(self.sockets / name / CONTROL_SOCKET)


@pytest.fixture
async def host(sockets: Path) -> AsyncIterator[Host]:
    before = count_descriptors()
    host = Host(sockets)
    yield host
    host.stop()
    assert count_descriptors() == before, "every descriptor is closed once, by whoever owned it"


async def take(instance: Instance, *wires: tuple[str, int]) -> None:
    """Wait until these ends have come."""
    await_all = {*wires}
    while not await_all <= {(wire, generation) for wire, generation, _end in instance.ends}:
        await instance.expect(Attach)


async def exchange(writer: Instance, reader: Instance, wire: str, generation: int) -> None:
    """A word from one end arrives at the other."""
    os.write(writer.ends[wire, generation, "output"][0], b"word")
    assert os.read(reader.ends[wire, generation, "input"][0], 100) == b"word"


async def all_three(host: Host) -> tuple[Instance, Instance, Instance]:
    camera, screen, file = [await host.dial(node) for node in ("camera", "screen", "file")]
    for instance in (camera, screen, file):
        await instance.set_up()
    await take(camera, (CAMERA_TO_SCREEN, 1), (CAMERA_TO_FILE, 1), (SOUND_TO_FILE, 1))
    await take(screen, (CAMERA_TO_SCREEN, 1))
    await take(file, (CAMERA_TO_FILE, 1), (SOUND_TO_FILE, 1))
    return camera, screen, file


async def test_the_ends_of_every_wire_reach_both_instances(host: Host) -> None:
    camera, screen, file = await all_three(host)
    await exchange(camera, screen, CAMERA_TO_SCREEN, 1)
    await exchange(camera, file, SOUND_TO_FILE, 1)
    assert set(host.pod.generations().values()) == {1}
    for instance in (camera, screen, file):
        instance.die()


async def test_an_instance_is_configured_before_anything_else(host: Host) -> None:
    camera = await host.dial("camera")
    configure = await camera.set_up()
    assert configure.revision == 1
    assert configure.parameters == {"text": "hello"}
    assert configure.clock["agent_ns"] == host.now
    camera.die()


async def test_new_parameters_reach_the_instance_and_its_wires_stay(host: Host) -> None:
    camera, screen, file = await all_three(host)
    host.pod.update(with_node(small_run(), "screen", revision=2, parameters={"text": "bye"}))
    configure = (await screen.expect(Configure))[0]
    assert (configure.revision, configure.parameters) == (2, {"text": "bye"})
    await exchange(camera, screen, CAMERA_TO_SCREEN, 1)
    for instance in (camera, screen, file):
        instance.die()


async def test_the_wires_of_an_output_share_one_ring_that_readers_cannot_write(host: Host) -> None:
    camera, screen, file = await all_three(host)
    writing = camera.ends[CAMERA_TO_SCREEN, 1, "output"][1]
    same = camera.ends[CAMERA_TO_FILE, 1, "output"][1]
    assert os.fstat(writing).st_ino == os.fstat(same).st_ino
    os.pwrite(writing, b"frame", 0)
    for reader, wire in ((screen, CAMERA_TO_SCREEN), (file, CAMERA_TO_FILE)):
        reading = reader.ends[wire, 1, "input"][1]
        assert os.pread(reading, 5, 0) == b"frame"
        assert fcntl.fcntl(reading, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    assert len(camera.ends[SOUND_TO_FILE, 1, "output"]) == 1
    for instance in (camera, screen, file):
        instance.die()


async def test_a_reader_that_comes_again_gets_a_new_pair_and_the_others_notice_nothing(host: Host) -> None:
    camera, screen, file = await all_three(host)
    camera.report()
    screen.die()
    again = await host.dial("screen", attempt=2)
    await again.set_up()
    await take(again, (CAMERA_TO_SCREEN, 2))
    await take(camera, (CAMERA_TO_SCREEN, 2))
    await exchange(camera, again, CAMERA_TO_SCREEN, 2)
    await exchange(camera, file, CAMERA_TO_FILE, 1)
    ring = camera.ends[CAMERA_TO_SCREEN, 2, "output"][1]
    assert os.fstat(ring).st_ino == os.fstat(camera.ends[CAMERA_TO_FILE, 1, "output"][1]).st_ino
    assert host.pod.generations()[CAMERA_TO_FILE] == 1
    for instance in (camera, again, file):
        instance.die()


async def test_a_control_connection_may_be_lost_and_media_flows_on(host: Host) -> None:
    camera, screen, file = await all_three(host)
    screen.hang_up()
    await wait_until(lambda: host.pod.current("screen") is None)
    await exchange(camera, screen, CAMERA_TO_SCREEN, 1)
    again = await host.dial("screen")
    again.ends = screen.ends
    await again.set_up()
    await wait_until(lambda: host.pod.generations()[CAMERA_TO_SCREEN] == 1)
    await exchange(camera, again, CAMERA_TO_SCREEN, 1)
    for instance in (camera, again, file):
        instance.die()


async def test_another_agent_takes_over_without_disturbing_a_wire(host: Host) -> None:
    before = await all_three(host)
    host.stop()
    host.start()
    after = []
    for node, old in zip(("camera", "screen", "file"), before, strict=True):
        old.hang_up()
        instance = await host.dial(node)
        instance.ends = old.ends
        instance.hello(state="ready", observed_revision=1)
        await instance.expect(Configure)
        after.append(instance)
    camera, screen, file = after
    await wait_until(lambda: set(host.pod.generations().values()) == {1})
    await exchange(camera, screen, CAMERA_TO_SCREEN, 1)
    # Only a reader that comes now costs the output a ring, of which this agent has no descriptor.
    screen.die()
    screen = await host.dial("screen", attempt=2)
    await screen.set_up()
    await asyncio.sleep(0)
    await wait_until(lambda: None not in host.pod.generations().values())
    newest = host.pod.generations()[CAMERA_TO_SCREEN] or 0
    assert newest > 1
    await take(screen, (CAMERA_TO_SCREEN, newest))
    await take(camera, (CAMERA_TO_SCREEN, newest))
    await exchange(camera, screen, CAMERA_TO_SCREEN, newest)
    assert (host.pod.generations()[CAMERA_TO_FILE] or 0) > 1
    assert host.pod.generations()[SOUND_TO_FILE] == 1
    for instance in (camera, screen, file):
        instance.die()


async def test_larger_frames_get_a_larger_ring_and_every_wire_of_the_output_a_new_pair(host: Host) -> None:
    camera, screen, file = await all_three(host)
    camera.say(Event("ring_wanted", {"port": "video", "slot_bytes": 3_110_400}))
    for reader, wire in ((screen, CAMERA_TO_SCREEN), (file, CAMERA_TO_FILE)):
        await take(reader, (wire, 2))
        await take(camera, (wire, 2))
        await exchange(camera, reader, wire, 2)
    ring = camera.ends[CAMERA_TO_SCREEN, 2, "output"][1]
    assert os.fstat(ring).st_size >= 10 * 3_110_400
    assert host.pod.generations()[SOUND_TO_FILE] == 1
    for instance in (camera, screen, file):
        instance.die()


async def test_rings_change_at_most_once_a_second_and_within_bounds(host: Host) -> None:
    camera, screen, file = await all_three(host)
    for slot_bytes in (0, 2**40, -5):
        host.pod.wants_ring("pf-run-camera-1", "video", slot_bytes)
    host.pod.wants_ring("pf-run-camera-1", "nowhere", 2**22)
    host.pod.wants_ring("pf-run-screen-1", "video", 2**22)
    assert host.pod.generations()[CAMERA_TO_SCREEN] == 1
    host.pod.wants_ring("pf-run-camera-1", "video", 2**22)
    host.pod.wants_ring("pf-run-camera-1", "video", 2**23)
    assert host.pod.generations()[CAMERA_TO_SCREEN] == 2
    host.now += 1_000_000_000
    host.pod.wants_ring("pf-run-camera-1", "video", 2**23)
    assert host.pod.generations()[CAMERA_TO_SCREEN] == 3
    for instance in (camera, screen, file):
        await instance.listen()
        instance.die()


async def test_an_end_that_died_is_replaced_as_soon_as_someone_says_so(host: Host) -> None:
    camera, screen, file = await all_three(host)
    for instance in (camera, screen, file):
        instance.report()
    screen.say(Event("detached", {"wire": CAMERA_TO_SCREEN, "generation": 1, "why": "end of file"}))
    await take(screen, (CAMERA_TO_SCREEN, 2))
    await take(camera, (CAMERA_TO_SCREEN, 2))
    await exchange(camera, screen, CAMERA_TO_SCREEN, 2)
    for instance in (camera, screen, file):
        instance.die()


async def test_reports_under_way_cause_no_storm_of_pairs(host: Host) -> None:
    camera, screen, file = await all_three(host)
    held, screen.ends = screen.ends, {}
    for _ in range(20):
        screen.report()
    camera.say(Event("notice", {"text": "behind the reports"}))
    await asyncio.sleep(0.05)
    assert host.pod.generations()[CAMERA_TO_SCREEN] == 1
    host.now += 1_000_000_000
    screen.report()
    await take(screen, (CAMERA_TO_SCREEN, 2))
    assert host.pod.generations()[CAMERA_TO_SCREEN] == 2
    screen.ends.update(held)
    for instance in (camera, screen, file):
        await instance.listen()
        instance.die()


async def test_a_wire_that_is_drawn_no_more_is_detached_at_both_ends(host: Host) -> None:
    camera, screen, file = await all_three(host)
    run = small_run()
    host.pod.update(dataclasses.replace(run, wires=run.wires[1:]))
    for instance in (camera, screen):
        assert (await instance.expect(Detach))[0] == Detach(CAMERA_TO_SCREEN, 1)
    for instance in (camera, screen, file):
        instance.die()


async def test_during_a_hot_swap_the_newer_instance_is_plumbed_and_the_older_keeps_its_end(host: Host) -> None:
    camera, old, file = await all_three(host)
    new = await host.dial("screen", attempt=2)
    await new.set_up()
    await take(new, (CAMERA_TO_SCREEN, 2))
    await take(camera, (CAMERA_TO_SCREEN, 2))
    await exchange(camera, new, CAMERA_TO_SCREEN, 2)
    await exchange(camera, old, CAMERA_TO_SCREEN, 1)
    old.report()
    await asyncio.sleep(0.02)
    assert host.pod.current("screen") == "pf-run-screen-2"
    for instance in (camera, old, new, file):
        instance.die()


async def test_the_peers_of_a_dead_instance_see_end_of_file(host: Host) -> None:
    camera, screen, file = await all_three(host)
    camera.die()
    assert os.read(screen.ends[CAMERA_TO_SCREEN, 1, "input"][0], 10) == b""
    with socket.socket(fileno=os.dup(file.ends[SOUND_TO_FILE, 1, "input"][0])) as sound:
        assert sound.recv(10) == b""
    for instance in (screen, file):
        instance.die()


@pytest.mark.parametrize(
    "ends",
    [
        [{"wire": "a", "generation": 1, "end": "middle"}],
        [{"wire": "a", "generation": 0, "end": "input"}],
        [{"wire": "a", "generation": 2**60, "end": "input"}],
        [{"wire": "a", "end": "input"}],
        [{"wire": "a", "generation": n, "end": "input"} for n in range(1, 1000)],
    ],
)
def test_it_refuses_ends_that_make_no_sense(ends: list[dict[str, object]]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_ends(ends)
