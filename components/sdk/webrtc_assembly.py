"""From RTP packets to access units, in order and as early as possible."""

import dataclasses
import time
from collections.abc import Callable
from typing import Protocol

from components.contract.wire_format import MAX_PAYLOAD_BYTES

_MAX_WAITING = 512
_MAX_STEP = 3000
"""A sequence number further from the last one than this begins a new stream."""
_VIDEO_HOLD_NS = 250_000_000
"""How long a gap in video is held open for its retransmission (RFC 4585)."""
_AUDIO_HOLD_NS = 60_000_000
"""The same for audio, which is not sent again: only reordering is waited for."""


class Packet(Protocol):
    """What is read of an RTP packet whose payload aiortc has taken out of its wrapping (`_data`)."""

    ssrc: int
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class AccessUnit:
    """One encoded picture, or one packet of sound.

    Attributes:
        data: as the codec's RTP payload format puts it together.
        timestamp: RTP timestamp, 32 bit, not unwrapped.
        ssrc: the stream it belongs to.
        arrived: monotonic nanoseconds at which its last packet came.
        after_loss: something before it is missing for good.
    """

    data: bytes
    timestamp: int
    ssrc: int
    arrived: int
    after_loss: bool


class Assembler:
    """Orders packets and hands on each access unit as soon as it is complete.

    A picture is complete with the packet that carries the marker (RFC 3550, 5.1), not only when the next one
    begins: that spares a whole frame of latency. A sender that goes on with the same timestamp after a marker
    is not believed again.

    Attributes:
        packets: received, once each.
        bytes: of payload.
        lost: packets that never came.
    """

    def __init__(
        self, deliver: Callable[[AccessUnit], None], *, video: bool, monotonic: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self.packets = 0
        self.bytes = 0
        self.lost = 0
        self._deliver = deliver
        self._video = video
        self._monotonic = monotonic
        self._hold_ns = _VIDEO_HOLD_NS if video else _AUDIO_HOLD_NS
        self._markers_believed = True
        self._restart(0, 0)

    def _restart(self, ssrc: int, sequence: int) -> None:
        self._after_loss = self.packets > 0
        self._ssrc = ssrc
        self._highest = self._next = sequence
        self._waiting: dict[int, tuple[Packet, int]] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._timestamp: int | None = None
        self._delivered: int | None = None
        self._skipped: int | None = None

    def add(self, packet: Packet) -> tuple[bool, None]:
        """Take a packet, in aiortc's `JitterBuffer.add` shape: no PLI of its own, no frame for its decoder."""
        now = self._monotonic()
        step = (packet.sequence_number - self._highest + 0x8000 & 0xFFFF) - 0x8000
        if packet.ssrc != self._ssrc or abs(step) > _MAX_STEP or not self.packets:
            self._restart(packet.ssrc, packet.sequence_number)
            step = 0
        sequence = self._highest + step
        if sequence < self._next or sequence in self._waiting:
            return False, None
        self.packets += 1
        self.bytes += len(packet._data)
        self._highest = max(self._highest, sequence)
        self._waiting[sequence] = (packet, now)
        self._release()
        while self._waiting and self._is_hopeless(now):
            self._give_up_gap()
            self._release()
        return False, None

    def _is_hopeless(self, now: int) -> bool:
        oldest = next(iter(self._waiting.values()))[1]
        return len(self._waiting) >= _MAX_WAITING or now - oldest > self._hold_ns

    def _give_up_gap(self) -> None:
        """Go on behind the gap, with the picture after the one that the gap reaches into."""
        first = min(self._waiting)
        self.lost += first - self._next
        self._next = first
        self._clear()
        self._after_loss = True
        if self._video:
            self._skipped = self._waiting[first][0].timestamp

    def _release(self) -> None:
        while entry := self._waiting.pop(self._next, None):
            self._next += 1
            self._take(*entry)

    def _take(self, packet: Packet, arrived: int) -> None:
        if not packet._data:
            return
        if not self._video:
            self._parts = [packet._data]
            self._emit(packet.timestamp, arrived)
            return
        if self._parts and packet.timestamp != self._timestamp:
            self._emit(self._timestamp or 0, arrived)
        if packet.timestamp == self._skipped:
            return
        self._skipped = None
        if packet.timestamp == self._delivered:
            self._markers_believed = False
            self._after_loss = True
            self._skipped = packet.timestamp
            return
        self._timestamp = packet.timestamp
        self._parts.append(packet._data)
        self._size += len(packet._data)
        if self._size > MAX_PAYLOAD_BYTES:
            self._clear()
            self._after_loss = True
            self._skipped = packet.timestamp
        elif packet.marker and self._markers_believed:
            self._emit(packet.timestamp, arrived)

    def _clear(self) -> None:
        self._parts = []
        self._size = 0

    def _emit(self, timestamp: int, arrived: int) -> None:
        unit = AccessUnit(b"".join(self._parts), timestamp, self._ssrc, arrived, self._after_loss)
        self._clear()
        self._delivered = timestamp
        self._after_loss = False
        self._deliver(unit)
