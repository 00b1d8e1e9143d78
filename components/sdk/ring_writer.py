"""The writing side of an output's ring: which slot a frame goes to, and when there is none."""

import logging
import os
from collections.abc import Callable

import numpy as np

from components.sdk.frames import Pixels, VideoFrame, i420_bytes
from components.sdk.ring import Ring, SlotOwners
from components.sdk.run_clock import RunClock

logger = logging.getLogger(__name__)
_ASK_INTERVAL_NS = 1_000_000_000


class SlotFrame(VideoFrame):
    """A frame whose pixels lie in a slot that the component holds until it is written or discarded."""

    __slots__ = ("ring", "slot")

    def __init__(self, width: int, height: int, data: Pixels, pts: int, duration: int, ring: Ring, slot: int) -> None:
        super().__init__(width, height, data, pts, duration)
        self.ring: Ring | None = ring
        self.slot = slot


class RingWriter:
    """Places frames in the ring, asks for a larger one when they do not fit."""

    def __init__(self, want_ring: Callable[[int], None], clock: RunClock) -> None:
        self._want_ring = want_ring
        self._clock = clock
        self._asked = -_ASK_INTERVAL_NS
        self._ring: Ring | None = None
        self._identity = 0
        self._owners = SlotOwners(0)
        self._scratch: VideoFrame | None = None

    def attach(self, descriptor: int, *, slots: int, slot_bytes: int) -> bool:
        """Use this ring from now on; True where it is another one, whose predecessor's slots are forgotten."""
        identity = os.fstat(descriptor).st_ino
        if self._ring and identity == self._identity:
            os.close(descriptor)
            return False
        self._identity = identity
        self._ring = Ring(descriptor, slots=slots, slot_bytes=slot_bytes, writable=True)
        self._owners = SlotOwners(slots)
        return True

    def new_frame(self, width: int, height: int, pts: int, duration: int, *, in_ring: bool) -> VideoFrame:
        """A frame in a free slot, or in memory of our own where there is no ring, no room or no reader of one."""
        size = i420_bytes(width, height)
        if in_ring and self._ring and size <= self._ring.slot_bytes:
            slot = self._owners.acquire()
            if slot is not None:
                return SlotFrame(width, height, self._ring.slot(slot, size), pts, duration, self._ring, slot)
        if self._scratch is None or (self._scratch.width, self._scratch.height) != (width, height):
            self._scratch = VideoFrame(width, height, np.empty(size, np.uint8), pts, duration)
        self._scratch.pts, self._scratch.duration = pts, duration
        return self._scratch

    def discard(self, frame: VideoFrame) -> None:
        """Free the slot of a frame that was not published."""
        if isinstance(frame, SlotFrame) and frame.ring is not None:
            if frame.ring is self._ring:
                self._owners.release(frame.slot)
            frame.ring = None

    def place(self, frame: VideoFrame) -> int | None:
        """The slot that holds the frame's pixels, held once for the writer, or None (asking for a ring if needed)."""
        if self._ring is None or frame.data.size > self._ring.slot_bytes:
            self._ask(frame.data.size)
            return None
        if isinstance(frame, SlotFrame) and frame.ring is self._ring:
            self._owners.hold(frame.slot)
            return frame.slot
        slot = self._owners.acquire()
        if slot is not None:
            np.copyto(self._ring.slot(slot, frame.data.size), frame.data)
        return slot

    def _ask(self, size: int) -> None:
        now = self._clock.now()
        if now - self._asked >= _ASK_INTERVAL_NS:
            self._asked = now
            logger.info("asking for a ring with slots of %d bytes", size)
            self._want_ring(size)

    def hold(self, slot: int) -> None:
        """A wire holds the slot now."""
        self._owners.hold(slot)

    def published(self, slot: int) -> None:
        """The writer's own hold of `place` is over."""
        self._owners.release(slot)

    def release(self, slots: list[int]) -> None:
        """Wires let go of these slots."""
        for slot in slots:
            self._owners.release(slot)
