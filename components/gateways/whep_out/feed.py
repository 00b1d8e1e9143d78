"""What comes in on the wires: packed once for all viewers, and kept since the last keyframe for those who join."""

import asyncio
import dataclasses
import threading
from collections.abc import Callable

from components.contract.media_types import Format
from components.contract.wire_format import KEYFRAME_CACHE_BYTES, KEYFRAME_CACHE_NS
from components.sdk.frames import EncodedFrame
from components.sdk.webrtc_packets import Packed, is_baseline, pack

_MAX_ON_THE_WAY = 128
"""Units between the wires' threads and the loop; more means that the loop is stuck."""
_CATCH_UP_NS = 1_000_000


class Feed:
    """Between the wires' threads, which call `take`, and the loop, which has the rest.

    Args:
        loop: where viewers live.
        deliver: called in the loop with each unit.

    Attributes:
        video: format of the newest video, None before the first keyframe.
        playable: whether players are bound to decode it: H.264 counts as constrained baseline alone.
        dropped: units that the loop was too busy for.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, deliver: Callable[[Packed], None]) -> None:
        self.video: Format | None = None
        self.playable = True
        self.dropped = 0
        self._loop = loop
        self._deliver = deliver
        self._known = asyncio.Event()
        self._room = threading.BoundedSemaphore(_MAX_ON_THE_WAY)
        self._to_keyframe = True
        self._kept: list[Packed] = []
        self._kept_bytes = 0

    def take(self, frame: EncodedFrame) -> None:
        """A frame from a wire's thread; never waits."""
        is_video = frame.format is not Format.OPUS
        if is_video and self._to_keyframe and not frame.keyframe:
            return
        unit = pack(frame)
        playable = not (is_video and frame.keyframe and frame.format is Format.H264) or is_baseline(frame)
        if not self._room.acquire(blocking=False):
            self.dropped += 1
            self._to_keyframe = self._to_keyframe or is_video
            return
        if is_video:
            self._to_keyframe = False
        try:
            self._loop.call_soon_threadsafe(self._arrive, unit, playable)
        except RuntimeError:
            self._room.release()  # The loop has closed: the node is stopping.

    def _arrive(self, unit: Packed, playable: bool) -> None:
        self._room.release()
        if unit.format is not Format.OPUS:
            if unit.keyframe:
                self.video, self.playable = unit.format, playable
                self._known.set()
            self._keep(unit)
        self._deliver(unit)

    def _keep(self, unit: Packed) -> None:
        if unit.keyframe:
            self._forget()
        elif not self._kept:
            return
        self._kept.append(unit)
        self._kept_bytes += unit.size
        if self._kept_bytes > KEYFRAME_CACHE_BYTES or unit.pts - self._kept[0].pts > KEYFRAME_CACHE_NS:
            self._forget()

    def _forget(self) -> None:
        self._kept = []
        self._kept_bytes = 0

    async def wait_for_video(self, seconds: float) -> bool:
        """Whether it is known what the video is, waiting for it if need be."""
        try:
            async with asyncio.timeout(seconds):
                await self._known.wait()
        except TimeoutError:
            return False
        return True

    @property
    def age_ns(self) -> int | None:
        """How long the keyframe of `catch_up` lies back, None where there is none."""
        return self._kept[-1].pts - self._kept[0].pts if self._kept else None

    def catch_up(self) -> list[Packed]:
        """What came since the last keyframe, for one who joins now.

        Its stamps are moved up against the newest one, 1 ms apart: a player shows the first at once, runs through the
        others and is live, where true stamps would make it play all of it at its pace and stay behind.
        """
        if not self._kept:
            return []
        newest, last = self._kept[-1].pts, len(self._kept) - 1
        return [
            dataclasses.replace(unit, pts=newest - (last - index) * _CATCH_UP_NS)
            for index, unit in enumerate(self._kept)
        ]
