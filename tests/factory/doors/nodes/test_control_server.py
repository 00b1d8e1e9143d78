import array
import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest

from components.contract.messages import CONTROL_SOCKET, Artifact, Attach, Configure, Detach, Event, Hello, Message
from factory.doors.nodes.control_link import MAX_MESSAGES_A_SECOND, MAX_WAITING_MESSAGES
from factory.doors.nodes.control_server import ControlServer
from factory.doors.nodes.wire_pairs import make_pair
from tests.factory.doors.nodes.descriptors import count_descriptors
from tests.factory.doors.nodes.instances import Instance, wait_until

NAME = "pf-run-camera-1"


class Heard:
    """Notes what the server hands on."""

    def __init__(self, sockets: Path) -> None:
        self.messages: list[tuple[str, Message]] = []
        self.lost: list[tuple[str, str]] = []
        self.server = ControlServer(
            sockets,
            on_message=lambda instance, message: self.messages.append((instance, message)),
            on_lost=lambda instance, why: self.lost.append((instance, why)),
        )


async def test_an_instance_is_who_can_open_its_socket(sockets: Path) -> None:
    heard = Heard(sockets)
    for name in (NAME, "pf-run-file-1"):
        heard.server.listen(name)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    instance.hello()
    await wait_until(lambda: heard.messages)
    name, message = heard.messages[0]
    assert name == NAME
    assert isinstance(message, Hello)
    instance.die()
    heard.server.close()


async def test_a_foreign_user_may_open_the_socket_and_nothing_else(sockets: Path) -> None:
    heard = Heard(sockets)
    umask = os.umask(0o077)
    try:
        heard.server.listen(NAME)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((sockets / NAME).stat().st_mode) == 0o755
    assert stat.S_IMODE((sockets / NAME / CONTROL_SOCKET).stat().st_mode) == 0o666
    heard.server.close()


async def test_it_takes_the_place_of_a_socket_that_a_dead_agent_left(sockets: Path) -> None:
    (sockets / NAME).mkdir()
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(sockets / NAME / CONTROL_SOCKET))
    left.close()
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    instance.die()
    heard.server.close()


async def test_the_newest_connection_wins(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    older = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    newer = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await older.expect_end()
    assert heard.server.send(NAME, Detach("wire", 1))
    assert (await newer.expect(Detach))[0] == Detach("wire", 1)
    assert heard.lost == []
    older.die()
    newer.die()
    await wait_until(lambda: heard.lost)
    heard.server.close()


async def test_descriptors_arrive_with_the_messages_they_belong_to(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    kept = []
    for generation in range(1, 21):
        ours, theirs = make_pair()
        kept.append(socket.socket(fileno=ours))
        heard.server.send(NAME, Attach("wire", generation, "video", "input", ["h264"]), (theirs,))
        heard.server.send(NAME, Detach("wire", generation))
    for generation, mine in enumerate(kept, 1):
        attach, descriptors = await instance.expect(Attach)
        assert attach.generation == generation
        mine.sendall(bytes([generation]))
        assert os.read(descriptors[0], 10) == bytes([generation])
        mine.close()
    instance.die()
    heard.server.close()


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b'{"op": "attach"}\n',
        b'{"op": "event", "kind": "x"}\n',
        b'{"op": "event", "fds": 1, "kind": "x", "body": {}}\n',
        b"x" * 70_000,
    ],
)
async def test_an_instance_that_breaks_the_contract_is_cut_off(sockets: Path, line: bytes) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await asyncio.to_thread(instance.socket.sendall, line)
    await instance.expect_end()
    assert "broke the contract" in heard.lost[0][1]
    assert heard.messages == []
    instance.die()
    heard.server.close()


async def test_an_instance_that_does_not_read_is_cut_off_and_its_descriptors_are_closed(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    long = Configure(1, {"text": "x" * 60_000}, {}, {"hello_ns": 0, "agent_ns": 0})
    before = count_descriptors()
    taken = 0
    while heard.server.send(NAME, long):
        _ours, theirs = make_pair()
        os.close(_ours)
        heard.server.send(NAME, Artifact("1", "a", 1), (theirs,))
        taken += 1
    assert taken <= MAX_WAITING_MESSAGES
    assert "unread" in heard.lost[0][1]
    instance.die()
    await wait_until(lambda: count_descriptors() <= before - 2)
    heard.server.close()


async def test_an_instance_that_talks_without_end_is_cut_off(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    line = Event("notice", {"text": "!"}).to_line()

    def talk() -> None:
        try:
            while True:
                instance.socket.sendall(line * 100)
        except OSError:
            pass

    await asyncio.to_thread(talk)
    await wait_until(lambda: heard.lost)
    assert "in a second" in heard.lost[0][1]
    assert len(heard.messages) <= 2 * MAX_MESSAGES_A_SECOND
    instance.die()
    heard.server.close()


async def test_last_words_are_heard_though_writing_to_it_fails(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    instance.say(Event("artifact_closed", {"id": "1"}))
    instance.die()
    for generation in range(3):
        heard.server.send(NAME, Detach("wire", generation))
    await wait_until(lambda: heard.lost)
    assert heard.messages == [(NAME, Event("artifact_closed", {"id": "1"}))]
    heard.server.close()


async def test_nothing_leaks_whatever_an_instance_does(sockets: Path) -> None:
    heard = Heard(sockets)
    heard.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: heard.server.is_connected(NAME))
    instance.die()
    await wait_until(lambda: heard.lost)
    before = count_descriptors()
    for wrong in (b"nonsense\n", b'{"op":"event","fds":2,"kind":"x","body":{}}\nnonsense\n', b""):
        instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))]
        instance.socket.sendmsg([wrong or b"{"], rights)
        if wrong:
            await instance.expect_end()
        instance.die()
        await wait_until(lambda: not heard.server.is_connected(NAME))
    # Sent to nobody.
    ours, theirs = make_pair()
    os.close(ours)
    assert not heard.server.send(NAME, Artifact("1", "a", 1), (theirs,))
    assert count_descriptors() == before
    heard.server.forget(NAME)
    assert not (sockets / NAME).exists()


async def test_closing_leaves_the_folders_for_the_next_agent(sockets: Path) -> None:
    first, second = Heard(sockets), Heard(sockets)
    first.server.listen(NAME)
    instance = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: first.server.is_connected(NAME))
    first.server.close()
    await instance.expect_end()
    second.server.listen(NAME)
    again = await Instance.dial(sockets / NAME / CONTROL_SOCKET)
    await wait_until(lambda: second.server.is_connected(NAME))
    instance.die()
    again.die()
    second.server.close()


async def test_it_says_which_setting_to_change_when_a_path_is_too_long(sockets: Path) -> None:
    with pytest.raises(OSError, match="FACTORY_SOCKETS"):
        Heard(sockets / ("long" * 30)).server.listen(NAME)
