"""One browser's conversation: what it was sent last, what it is to be sent next, and when it is given up."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from factory.doors.live.close_codes import CloseCode
from factory.doors.live.feed import Feed, View
from factory.doors.live.messages import (
    Ack,
    NotUnderstood,
    parse_client_message,
    patch_message,
    snapshot_message,
)
from factory.doors.live.send_window import SendWindow

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 9.0
"""An idle socket gets an empty patch this often; clients are promised one every ten."""
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[Any]]


class LiveSocket:
    """A socket that was accepted.

    Args:
        feed: of its pipeline.
        receive, send: as ASGI has them.
        clock: seconds, monotonic.
    """

    def __init__(
        self, feed: Feed, receive: Receive, send: Send, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._feed = feed
        self._receive, self._send = receive, send
        self._clock = clock
        self._window = SendWindow()
        self._seen: View | None = None
        self._sent_at = clock()
        self._woken = asyncio.Event()
        self._code: CloseCode | None = None

    def wake(self) -> None:
        """The feed has something new, or has ended."""
        self._woken.set()

    def close(self, code: CloseCode) -> None:
        """End the conversation; the first reason counts."""
        self._code = self._code or code
        self._woken.set()

    async def talk(self) -> CloseCode | None:
        """Talk until one side ends it; returns the code to close with, None where the client has left."""
        reader, writer = asyncio.create_task(self._hear()), asyncio.create_task(self._speak())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            # A part that failed is an error of ours, and closes the socket as one.
            if writer.done():
                writer.result()
            has_left = reader.done() and reader.result()
            return None if has_left else self._code
        finally:
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    async def _hear(self) -> bool:
        """Take what the client says; whether it has left."""
        while self._code is None:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return True
            if not self._takes(event.get("text")):
                self.close(CloseCode.NOT_UNDERSTOOD)
            self._woken.set()
        return False

    def _takes(self, text: str | None) -> bool:
        """Act on a message; False where it makes no sense, or is one too many."""
        try:
            said = parse_client_message(text)
        except NotUnderstood:
            return False
        if isinstance(said, Ack):
            if self._window.acknowledge(said.seq):
                return True
            return said.seq <= self._window.seq and self._window.takes_extra(now=self._clock())
        self._seen = None
        return self._window.takes_extra(now=self._clock())

    async def _speak(self) -> None:
        while True:
            self._woken.clear()
            now = self._clock()
            overdue_at = self._window.overdue_at()
            if self._code is None and self._feed.has_ended:
                self.close(CloseCode.NO_SUCH_PIPELINE)
            if self._code is None and overdue_at is not None and now >= overdue_at:
                self.close(CloseCode.TOO_SLOW)
            if self._code is not None:
                return
            if (text := self._next_message(now)) is not None:
                await self._send({"type": "websocket.send", "text": text})
                continue
            await self._sleep_until(self._next_time(now, overdue_at))

    def _next_message(self, now: float) -> str | None:
        """What is to be sent now; it counts as sent."""
        view = self._feed.view
        if view is None or now < self._window.may_send_at():
            return None
        if self._seen is view and now < self._sent_at + HEARTBEAT_SECONDS:
            return None
        patch = self._feed.patch(self._seen, view) if self._seen is not None else None
        seq = self._window.seq + 1
        text = patch_message(seq, patch) if patch is not None else snapshot_message(seq, view.text)
        size = len(text)
        if not self._window.has_room_for(size):
            # Nothing more is kept for a reader this far behind; once it has caught up it gets everything anew.
            self._seen = None
            return None
        self._window.sent(size, now=now)
        self._seen, self._sent_at = view, now
        return text

    def _next_time(self, now: float, overdue_at: float | None) -> float:
        """When there may be something to do although nobody wakes us."""
        times = [self._sent_at + HEARTBEAT_SECONDS]
        if overdue_at is not None:
            times.append(overdue_at)
        if self._seen is not self._feed.view:
            times.append(self._window.may_send_at())
        later = [moment for moment in times if moment > now]
        return min(later, default=now + HEARTBEAT_SECONDS)

    async def _sleep_until(self, moment: float) -> None:
        try:
            async with asyncio.timeout(max(moment - self._clock(), 0.0)):
                await self._woken.wait()
        except TimeoutError:
            pass
