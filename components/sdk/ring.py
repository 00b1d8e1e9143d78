"""The shared memory that raw frames lie in: slots of one output, read by all its wires."""

import mmap
import os

import numpy as np

from components.contract.wire_format import WireError
from components.sdk.frames import Pixels


class Ring:
    """A mapping of a memfd into slots; the agent made and sealed it.

    Args:
        descriptor: of the memfd; closed here, the mapping lives on.
        slots: how many.
        slot_bytes: size of each.
        writable: whether this end writes.
    """

    def __init__(self, descriptor: int, *, slots: int, slot_bytes: int, writable: bool) -> None:
        self.slots = slots
        self.slot_bytes = slot_bytes
        try:
            if slots <= 0 or slot_bytes <= 0 or os.fstat(descriptor).st_size < slots * slot_bytes:
                raise WireError(f"the ring is smaller than {slots} slots of {slot_bytes} bytes")
            access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
            mapping = mmap.mmap(descriptor, slots * slot_bytes, mmap.MAP_SHARED, access)
        finally:
            os.close(descriptor)
        # The arrays keep the mapping alive; it is unmapped when the last view of a slot is gone.
        self._memory: Pixels = np.frombuffer(mapping, np.uint8)

    def slot(self, index: int, size: int) -> Pixels:
        """The first `size` bytes of a slot, a view.

        Raises:
            WireError: there is no such slot, or the size is above its bytes.
        """
        if not 0 <= index < self.slots or not 0 <= size <= self.slot_bytes:
            raise WireError(f"slot {index} with {size} bytes is outside a ring of {self.slots} x {self.slot_bytes}")
        start = index * self.slot_bytes
        return self._memory[start : start + size]


class SlotOwners:
    """Which slots are free, being rendered into, or unread on some wire. The writer's side alone."""

    def __init__(self, slots: int) -> None:
        self._holders: list[int] = [0] * slots

    def acquire(self) -> int | None:
        """The lowest free slot, now held once by the writer (low slots stay warm in the cache), or None."""
        for index, holders in enumerate(self._holders):
            if not holders:
                self._holders[index] = 1
                return index
        return None

    def hold(self, index: int) -> None:
        """One more holder: a wire on which the slot is unread."""
        self._holders[index] += 1

    def release(self, index: int) -> None:
        """One holder less."""
        if self._holders[index] <= 0:
            raise ValueError(f"slot {index} is released more often than it was held")
        self._holders[index] -= 1
