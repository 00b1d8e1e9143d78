"""Answers so many requests at a time and lets the others wait: each takes a thread and a database connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

MOST_WAITING = 1000
LONGEST_WAIT_SECONDS = 20.0
OWN_BOUNDS = ("/whip/", "/whep/", "/healthz")
"""Addresses that take no turn: signalling counts for itself, since its requests wait for gateways without a thread or a
connection; and whoever asks whether this process lives is not to hear that it is busy."""
_REFUSAL = {
    "type": "urn:media-pipeline-factory:api:ours:busy",
    "title": "Too much is asked of this site at once; try again in a moment.",
    "status": 503,
    "code": "api:ours:busy",
}
_HEADERS = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), (b"retry-after", b"2")]


def take_turns(application: Application, *, most: int) -> Application:
    """The application, asked by at most so many at a time; a turn ends where the answer begins.

    What is streamed may take hours, so it is no part of the turn.
    """
    turns, waiting = asyncio.Semaphore(most), 0

    async def bounded(scope: Any, receive: Any, send: Send) -> None:
        nonlocal waiting
        if scope["path"].startswith(OWN_BOUNDS):
            await application(scope, receive, send)
            return
        if waiting >= MOST_WAITING:
            await _refuse(send)
            return
        waiting += 1
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await turns.acquire()
        except TimeoutError:
            await _refuse(send)
            return
        finally:
            waiting -= 1
        turn = _Turn(turns)
        try:
            await application(scope, receive, turn.ending_with(send))
        finally:
            turn.end()

    return bounded


class _Turn:
    """One of them, given back once."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns: asyncio.Semaphore | None = turns

    def end(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.release()

    def ending_with(self, send: Send) -> Send:
        """The same `send`; the first piece of a streamed answer ends the turn, a whole answer does not yet."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("more_body", False):
                self.end()
            await send(message)

        return send_on


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": json.dumps(_REFUSAL).encode()})
