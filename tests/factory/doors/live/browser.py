"""A browser as the live protocol wants it: takes snapshots and patches, acknowledges, and keeps the state."""

import asyncio
import dataclasses
import json
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from factory.domain.accounts.models import User
from factory.domain.pipelines.models import Pipeline, Version
from factory.doors.live.consumer import LiveConsumer
from factory.doors.live.merge_patch import Json, apply
from factory.doors.live.routing import serve_websockets

ORIGIN = "http://factory.test"
PATIENCE_SECONDS = 20.0
IDLE_SECONDS = 60.0


@dataclasses.dataclass
class Person:
    """Someone signed in, and the pipeline they look at."""

    user: User
    session: str
    pipeline: Pipeline
    version: Version


def sign_up(name: str) -> User:
    """An account."""
    # Nobody asks for the password here, and making one takes long.
    return User.objects.create(username=name, email=f"{name}@example.com", password=f"!{name}")


def sign_in(user: User) -> str:
    """The key of a new session."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


class Browser:
    """One socket; what comes is taken at once by a task of its own.

    Attributes:
        state: as the snapshot and the patches have it.
        messages: all that came, in order.
        code: with which the server has closed.
        has_left: it has closed the socket itself.
    """

    def __init__(self, socket: WebsocketCommunicator, *, acks: bool) -> None:
        self.state: Json | None = None
        self.messages: list[dict[str, Any]] = []
        self.code: int | None = None
        self.has_left = False
        self._socket = socket
        self._acks = acks
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        accepted, code = await self._socket.connect(timeout=PATIENCE_SECONDS)
        assert accepted, f"refused with {code}"
        self._task = asyncio.create_task(self._take())

    async def say(self, message: Any) -> None:
        await self._socket.send_to(text_data=message if isinstance(message, str) else json.dumps(message))

    async def until(self, condition: Callable[[Any], bool]) -> Json:
        """The state as soon as the condition holds of it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.state is None or not holds(condition, self.state):
            assert self.code is None, f"closed with {self.code}"
            assert time.monotonic() < deadline, f"it never came about: {self.state}"
            await asyncio.sleep(0.005)
        return self.state

    async def until_closed(self) -> int:
        """The code of the close."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.code is None:
            assert time.monotonic() < deadline, "the socket is still open"
            await asyncio.sleep(0.005)
        return self.code

    async def leave(self) -> None:
        self.has_left = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._socket.disconnect(timeout=PATIENCE_SECONDS)

    async def _take(self) -> None:
        while True:
            event = await self._socket.receive_output(timeout=IDLE_SECONDS)
            if event["type"] == "websocket.close":
                self.code = event["code"]
                await self._socket.send_input({"type": "websocket.disconnect", "code": self.code})
                return
            message = json.loads(event["text"])
            assert message["seq"] == len(self.messages) + 1
            self.messages.append(message)
            if message["type"] == "snapshot":
                self.state = message["state"]
            else:
                assert self.state is not None
                self.state = apply(self.state, message["patch"])
            if self._acks:
                await self.say({"type": "ack", "seq": message["seq"]})


class Browsers:
    """All that look at one web process."""

    def __init__(self, consumer: LiveConsumer) -> None:
        self.consumer = consumer
        self._opened: list[Browser] = []

    async def open(self, person: Person, *, path: str | None = None, acks: bool = True) -> Browser:
        """A browser of this person, at their pipeline."""
        address = path or await sync_to_async(address_of)(person.pipeline)
        headers = [(b"origin", ORIGIN.encode()), (b"cookie", f"sessionid={person.session}".encode())]
        browser = Browser(WebsocketCommunicator(serve_websockets(self.consumer), address, headers=headers), acks=acks)
        await browser.open()
        self._opened.append(browser)
        return browser

    def opened_now(self) -> list[Browser]:
        """Those who have not left."""
        return [browser for browser in self._opened if not browser.has_left]

    async def close(self) -> None:
        for browser in self.opened_now():
            await browser.leave()


def address_of(pipeline: Pipeline) -> str:
    return f"/live/{pipeline.team.slug}/{pipeline.slug}/"


def holds(condition: Callable[[Any], bool], state: Json) -> bool:
    """What is not there yet is no error."""
    try:
        return condition(state)
    except KeyError:
        return False
