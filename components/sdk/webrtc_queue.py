"""What waits to be sent to one viewer: bounded, and with pauses, so that a slow one harms nobody else."""

import asyncio
import collections
import time
from collections.abc import Awaitable, Callable

from components.sdk.webrtc_packets import Packed

MAX_WAIT_SECONDS = 0.5
MAX_BYTES = 8 * 1024 * 1024
_BURST_PACKETS = 16
_PAUSE_SECONDS = 0.002
"""After each burst: some 60 Mbit/s, so that a keyframe fits the buffers on its way."""
_CONGESTED_SECONDS = 0.005


class ViewerQueue:
    """Units of one stream, sent in order by one task.

    Beyond `MAX_WAIT_SECONDS` or `MAX_BYTES` everything that waits is dropped; video then goes on at a keyframe.

    Args:
        write: sends one payload; may wait.
        is_congested: whether the socket holds what it cannot send.
        video: whether units depend on those before them.

    Attributes:
        dropped: units that this viewer did not get because it was slow.
        to_keyframe: whether nothing is taken until a keyframe comes.
    """

    def __init__(
        self, write: Callable[[bytes, Packed, bool], Awaitable[None]], is_congested: Callable[[], bool], *, video: bool
    ) -> None:
        self.dropped = 0
        self.to_keyframe = video
        self._write = write
        self._is_congested = is_congested
        self._video = video
        self._waiting: collections.deque[tuple[float, Packed]] = collections.deque()
        self._bytes = 0
        self._begun = False
        self._filled = asyncio.Event()

    def put(self, unit: Packed) -> bool:
        """Take a unit, never waiting; False where it cannot be taken and a keyframe is needed."""
        now = time.monotonic()
        if self._waiting and (now - self._waiting[0][0] > MAX_WAIT_SECONDS or self._bytes + unit.size > MAX_BYTES):
            self.dropped += len(self._waiting)
            self._waiting.clear()
            self._bytes = 0
            self.to_keyframe = self._video
        if self.to_keyframe and not unit.keyframe:
            self.dropped += self._begun
            return False
        self.to_keyframe = False
        self._begun = True
        self._waiting.append((now, unit))
        self._bytes += unit.size
        self._filled.set()
        return True

    async def run(self) -> None:
        """Send until cancelled.

        Raises:
            ConnectionError: what `write` raises when the viewer is gone.
        """
        sent = 0
        while True:
            await self._filled.wait()
            while self._waiting:
                _, unit = self._waiting.popleft()
                self._bytes -= unit.size
                last = len(unit.payloads) - 1
                for index, payload in enumerate(unit.payloads):
                    while self._is_congested():  # noqa: ASYNC110 - a socket's buffer rings no bell
                        await asyncio.sleep(_CONGESTED_SECONDS)
                    await self._write(payload, unit, index == last)
                    sent += 1
                    if sent % _BURST_PACKETS == 0:
                        await asyncio.sleep(_PAUSE_SECONDS)
            self._filled.clear()
