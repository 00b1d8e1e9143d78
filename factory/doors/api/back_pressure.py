"""Sends no faster than clients take it: daphne itself keeps all that a slow one has not read, however much it is."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

STALLED_SECONDS = 120.0
"""For which nobody may take anything; then the connection is cut, and a browser asks for the rest again."""


class Consumer(Protocol):
    """What daphne has of a request: Twisted's IConsumer."""

    channel: Any

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Tell this producer when to pause and to resume."""

    def unregisterProducer(self) -> None:
        """Tell it nothing more."""


class Valve:
    """Closed while the transport has more than it likes to keep: Twisted's IPushProducer."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pauseProducing(self) -> None:
        """The transport is full."""
        self._open.clear()

    def resumeProducing(self) -> None:
        """The transport is empty."""
        self._open.set()

    def stopProducing(self) -> None:
        """The client is gone; whoever waits finds out by sending."""
        self._open.set()

    async def pass_through(self) -> None:
        """Wait until it is open.

        Raises:
            TimeoutError: the client takes nothing.
        """
        async with asyncio.timeout(STALLED_SECONDS):
            await self._open.wait()


def keep_pace(application: Application) -> Application:
    """The application, each of whose streamed responses waits for its client; under another server as it is."""

    async def paced(scope: Any, receive: Any, send: Send) -> None:
        request = _request_behind(send)
        await application(scope, receive, send if request is None else _paced(send, request))

    return paced


def _request_behind(send: Send) -> Consumer | None:
    """Daphne gives `functools.partial(handle_reply, request)`."""
    behind = getattr(send, "args", ())
    return behind[0] if behind and hasattr(behind[0], "registerProducer") else None


def _paced(send: Send, request: Consumer) -> Send:
    valve = Valve()
    registered = False

    async def send_paced(message: Message) -> None:
        nonlocal registered
        is_body = message["type"] == "http.response.body"
        more = is_body and message.get("more_body", False)
        if more and not registered and request.channel is not None:
            request.registerProducer(valve, True)
            registered = True
        elif is_body and not more and registered and request.channel is not None:
            request.unregisterProducer()
        await send(message)
        if not more:
            return
        try:
            await valve.pass_through()
        except TimeoutError:
            if request.channel is not None:
                request.channel.transport.abortConnection()

    return send_paced
