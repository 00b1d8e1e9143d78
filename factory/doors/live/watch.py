"""Closes the sockets of those who may no longer look, or do as before: every few seconds, and soon after a bell."""

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Collection

from django.db import Error as DatabaseError

from factory.doors.live.access import Claim
from factory.doors.live.close_codes import CloseCode

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.5
SOON_SECONDS = 0.3
"""After a bell: who signs out rings before the session is gone."""
Close = Callable[[CloseCode], None]


class RightsWatch:
    """Watches over all sockets of a process, with as many queries as for one.

    Args:
        refused: the claims that no longer hold, off the event loop.
    """

    def __init__(self, refused: Callable[[Collection[Claim]], Awaitable[dict[Claim, CloseCode]]]) -> None:
        self._refused = refused
        self._watched: dict[Close, Claim] = {}
        self._bell = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def add(self, close: Close, claim: Claim) -> None:
        """Watch over a socket; the first begins it."""
        self._watched[close] = claim
        if self._task is None:
            self._loop = asyncio.get_running_loop()
            self._task = self._loop.create_task(self._look())
            _WATCHES.add(self)

    def remove(self, close: Close) -> None:
        """Let a socket go; the last ends it."""
        self._watched.pop(close, None)
        if not self._watched and self._task is not None:
            self._task.cancel()
            self._task = None
            _WATCHES.discard(self)

    def look_soon(self) -> None:
        """Somebody's rights may have changed; called on any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._bell.set)

    async def _look(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._bell.wait()
                await asyncio.sleep(SOON_SECONDS)
            except TimeoutError:
                pass
            self._bell.clear()
            try:
                refused = await self._refused(set(self._watched.values()))
            except DatabaseError as error:
                # Nobody can take rights away meanwhile either.
                logger.warning("rights cannot be read, sockets stay as they are: %s", error)
                continue
            for close, claim in list(self._watched.items()):
                if claim in refused:
                    close(refused[claim])


_WATCHES: "weakref.WeakSet[RightsWatch]" = weakref.WeakSet()


def look_soon() -> None:
    """Have every watch of this process look; called on any thread."""
    for watch in list(_WATCHES):
        watch.look_soon()
