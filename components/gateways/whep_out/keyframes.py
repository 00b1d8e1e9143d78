"""Asks upstream for keyframes on behalf of all viewers: at most one a second, and again until one comes."""

import asyncio
from collections.abc import Callable

INTERVAL_SECONDS = 1.05
"""A little over the second that every wire on the way up allows: what comes too soon is not kept there."""
_MAX_TRIES = 10


class KeyframeRequests:
    """Belongs to one event loop.

    Attributes:
        sent: requests so far.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ask: Callable[[], None]) -> None:
        self.sent = 0
        self._loop = loop
        self._ask = ask
        self._asked_at = -INTERVAL_SECONDS
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None

    def want(self) -> None:
        """Somebody cannot go on without a keyframe."""
        if self._timer is None:
            self._tries = 0
            self._wait()

    def _wait(self) -> None:
        pause = max(self._asked_at + INTERVAL_SECONDS - self._loop.time(), 0)
        if pause:
            self._timer = self._loop.call_later(pause, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._timer = None
        self._asked_at = self._loop.time()
        self.sent += 1
        self._tries += 1
        self._ask()
        if self._tries < _MAX_TRIES:
            self._wait()

    def arrived(self) -> None:
        """A keyframe has come: whoever waited is served."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
