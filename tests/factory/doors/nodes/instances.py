"""A small instance on a real control socket: says what a test wants and keeps what it is handed."""

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any, TypeVar

from components.contract.control_socket import Receiver, send
from components.contract.messages import CONTRACT_VERSION, DOWN, Attach, Configure, Hello, Message, Report

Kind = TypeVar("Kind", bound=Message)
PATIENCE_SECONDS = 10.0


class Instance:
    """One end of a control socket; messages not asked for are kept in order."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self._receiver = Receiver(self.socket, DOWN)
        self.heard: list[tuple[Message, tuple[int, ...]]] = []
        self.ends: dict[tuple[str, int, str], tuple[int, ...]] = {}
        self.ended = False

    @classmethod
    async def dial(cls, path: Path) -> "Instance":
        """Connect as soon as there is someone to connect to."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return cls(path)
            except (FileNotFoundError, ConnectionRefusedError):
                assert time.monotonic() < deadline, f"nobody listens at {path}"
                await asyncio.sleep(0.01)

    def say(self, message: Message) -> None:
        send(self.socket, message)

    def hello(self, *, state: str = "starting", observed_revision: int = 0) -> None:
        self.say(Hello(CONTRACT_VERSION, time.monotonic_ns(), observed_revision, self.listed_ends(), state))

    def report(self, state: str = "ready", **more: Any) -> None:
        fields: dict[str, Any] = {
            "reason": "",
            "observed_revision": 1,
            "refused": None,
            "inputs": {},
            "outputs": {},
            "measures": {},
            "ends": self.listed_ends(),
        }
        self.say(Report(state=state, **{**fields, **more}))

    def listed_ends(self) -> list[dict[str, Any]]:
        return [{"wire": wire, "generation": generation, "end": end} for wire, generation, end in self.ends]

    async def expect(self, kind: type[Kind]) -> tuple[Kind, tuple[int, ...]]:
        """The next message of a kind; its descriptors are the caller's. Attached ends are kept in `ends`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            for index, (message, descriptors) in enumerate(self.heard):
                if isinstance(message, kind):
                    del self.heard[index]
                    return message, descriptors
            assert time.monotonic() < deadline, f"no {kind.op} came; heard {self.heard}"
            await self.listen()

    async def listen(self) -> None:
        """Take what is there, or wait a moment."""
        self.socket.setblocking(False)
        try:
            arrived = self._receiver.receive()
        except BlockingIOError:
            await asyncio.sleep(0.005)
            return
        except ConnectionResetError:
            arrived = None
        finally:
            if self.socket.fileno() >= 0:
                self.socket.setblocking(True)
        if arrived is None:
            self.ended = True
            await asyncio.sleep(0.005)
            return
        for message, descriptors in arrived:
            if isinstance(message, Attach):
                self.ends[message.wire, message.generation, message.end] = descriptors
            self.heard.append((message, descriptors))

    async def expect_end(self) -> None:
        """Wait until the other side has closed the connection."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.ended:
            assert time.monotonic() < deadline, "the connection still stands"
            await self.listen()

    async def set_up(self) -> Configure:
        """Say hello and take the first parameters."""
        self.hello()
        return (await self.expect(Configure))[0]

    def hang_up(self) -> None:
        """Lose the control connection, keep the wires."""
        self._receiver.close()

    def drop_ends(self) -> None:
        for descriptors in self.ends.values():
            for descriptor in descriptors:
                os.close(descriptor)
        self.ends.clear()

    def die(self) -> None:
        self.hang_up()
        self.drop_ends()


async def wait_until(condition: Any) -> None:
    """Poll until it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(0.005)
