"""What an output sent since its last keyframe, for readers that join late."""

import collections
from collections.abc import Iterator
from typing import NamedTuple

from components.contract.wire_format import KEYFRAME_CACHE_BYTES, KEYFRAME_CACHE_NS, Description


class Unit(NamedTuple):
    """One message's worth of media, ready for a wire.

    Attributes:
        sequence: position in the output, from 1.
        payload: bytes for the socket; empty where the frame lies in a ring slot.
        size: bytes of the media.
        slot: ring slot, or None.
    """

    sequence: int
    pts: int
    duration: int
    keyframe: bool
    payload: bytes | memoryview
    size: int
    description: Description
    slot: int | None = None


class KeyframeCache:
    """At most `KEYFRAME_CACHE_NS` and `KEYFRAME_CACHE_BYTES` of encoded media from a keyframe on.

    Past either bound it is dropped whole, and `wants_keyframe` asks for a new beginning.
    """

    def __init__(self) -> None:
        self._units: collections.deque[Unit] = collections.deque()
        self._bytes = 0
        self.wants_keyframe = False

    def add(self, unit: Unit) -> None:
        """Keep a unit; a keyframe starts the cache anew."""
        if unit.keyframe:
            self.clear()
            self.wants_keyframe = False
        elif not self._units:
            return
        self._units.append(unit)
        self._bytes += unit.size
        if self._bytes > KEYFRAME_CACHE_BYTES or unit.pts - self._units[0].pts > KEYFRAME_CACHE_NS:
            self.clear()
            self.wants_keyframe = True

    def clear(self) -> None:
        """Forget everything."""
        self._units.clear()
        self._bytes = 0

    def __iter__(self) -> Iterator[Unit]:
        return iter(tuple(self._units))

    def __len__(self) -> int:
        return len(self._units)
