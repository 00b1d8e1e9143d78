"""The writing end of one wire: credits, bounds, and what happens to a reader that is slow."""

import collections
import dataclasses
import logging
import socket

from components.contract.media_types import Format, is_raw
from components.contract.wire_format import (
    CREDIT_TIMEOUT_NS,
    HEADER_BYTES,
    MAX_UNREAD_NS,
    MAX_UNREAD_SLOTS,
    Description,
    Flag,
    Header,
    Kind,
    WireError,
)
from components.sdk.keyframe_cache import Unit
from components.sdk.run_clock import RunClock

logger = logging.getLogger(__name__)
_UPSTREAM_READ_BYTES = 4096
# Plain numbers: operators of enum.IntFlag cost more than the rest of a message.
_KEYFRAME, _CACHED, _FINAL = Flag.KEYFRAME.value, Flag.CACHED.value, Flag.FINAL.value


@dataclasses.dataclass(slots=True)
class _Unread:
    sequence: int
    pts: int
    sent: int
    cached: bool
    slot: int | None


class WireWriter:
    """Writes media to one reader without ever waiting for it.

    What the reader has not acknowledged is bounded to `MAX_UNREAD_NS` (or one unit); beyond that media is
    dropped and counted, encoded media down to the next keyframe. A dead peer closes the wire.

    Attributes:
        dropped: media messages that this reader did not get because it was slow.
        wants_keyframe: the reader asked for one, or is skipping to one; the output clears it.
        closed: why the wire is closed, or empty.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        wire: str,
        generation: int,
        formats: tuple[Format, ...],
        join: str,
        clock: RunClock,
    ) -> None:
        connection.setblocking(False)
        self.wire = wire
        self.generation = generation
        self.formats = formats
        self.format: Format | None = None
        self.messages = 0
        self.bytes = 0
        self.dropped = 0
        self.wants_keyframe = False
        self.closed = ""
        self._connection = connection
        self._clock = clock
        self._unread: collections.deque[_Unread] = collections.deque()
        self._released: list[int] = []
        self._remainder = b""
        self._upstream = bytearray()
        self._description: Description | None = None
        self._to_keyframe = join == "keyframe"
        self._started = False

    @property
    def unread(self) -> int:
        """Messages not yet acknowledged."""
        return len(self._unread)

    @property
    def fresh(self) -> bool:
        """Whether nothing was written yet, so that a keyframe cache may still be replayed."""
        return not self._started and not self._to_keyframe

    def released_slots(self) -> list[int]:
        """Ring slots that this wire no longer holds; each is told once."""
        released, self._released = self._released, []
        return released

    def write(self, unit: Unit, *, cached: bool = False) -> bool:
        """Send a unit if the reader keeps up; True where the wire took it over, its slot included.

        What it knows of the reader is as old as the last `poll`.
        """
        if self.closed:
            return False
        encoded = not is_raw(unit.description.format) and unit.description.format is not Format.MESSAGE
        if encoded and not unit.keyframe and (self._to_keyframe or not self._started):
            self.wants_keyframe = True
            if self._started:
                self.dropped += 1
            return False
        if not cached and self._is_full_still(unit):
            self.dropped += 1
            if encoded:
                self._to_keyframe = True
                self.wants_keyframe = True
            return False
        if self.closed:
            return False
        self._to_keyframe = False
        self._started = True
        return self._send_unit(unit, cached)

    def _is_full_still(self, unit: Unit) -> bool:
        """Whether the reader is behind, by what it says now if it seems so."""
        if self._is_full(unit):
            self.poll()
            return self._is_full(unit)
        return False

    def _is_full(self, unit: Unit) -> bool:
        if not self._unread or self._remainder:
            return bool(self._remainder)
        live = next((one for one in self._unread if not one.cached), None)
        if live is None:
            return False
        if unit.slot is not None and sum(one.slot is not None for one in self._unread) >= MAX_UNREAD_SLOTS:
            return True
        return unit.pts + unit.duration - live.pts > MAX_UNREAD_NS

    def _send_unit(self, unit: Unit, cached: bool) -> bool:
        if unit.description is not self._description and unit.description != self._description:
            self._description = unit.description
            self.format = unit.description.format
            body = unit.description.to_bytes()
            self._send(Header(Kind.DESCRIPTION, size=len(body)).pack() + body)
        sent = self._clock.now()
        flags = (_KEYFRAME if unit.keyframe else 0) | (_CACHED if cached else 0)
        kind = Kind.MEDIA if unit.slot is None else Kind.SLOT
        header = Header(kind, unit.size, flags, unit.slot or 0, unit.sequence, unit.pts, unit.duration, sent)
        self._unread.append(_Unread(unit.sequence, unit.pts, sent, cached, unit.slot))
        self._send(header.pack(), unit.payload)
        if not self.closed:
            self.messages += 1
            self.bytes += unit.size
        return True

    def _send(self, head: bytes, payload: bytes | memoryview = b"") -> None:
        if self.closed:
            return
        if self._remainder:
            self._remainder += head + payload
            return
        try:
            sent = self._connection.sendmsg((head, payload)) if payload else self._connection.send(head)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self.close(f"the reader is gone ({error.strerror})")
            return
        if sent < len(head) + len(payload):
            self._remainder = (head + payload)[sent:]

    def poll(self) -> None:
        """Take in credits and requests, push out what is left of an earlier message, notice a dead or hung peer."""
        if self.closed:
            return
        self._read_upstream()
        if self._remainder and not self.closed:
            left, self._remainder = self._remainder, b""
            self._send(left)
        if self._unread and self._clock.now() - self._unread[0].sent > CREDIT_TIMEOUT_NS:
            self.close("the reader holds media and acknowledges nothing")

    def _read_upstream(self) -> None:
        try:
            data = self._connection.recv(_UPSTREAM_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self.close(f"the reader is gone ({error.strerror})")
            return
        if not data:
            self.close("the reader is gone")
            return
        self._upstream += data
        try:
            while len(self._upstream) >= HEADER_BYTES:
                header = Header.unpack(self._upstream)
                del self._upstream[:HEADER_BYTES]
                self._take(header)
        except WireError as error:
            self.close(f"the reader broke the wire format: {error}")

    def _take(self, header: Header) -> None:
        if header.kind is Kind.KEYFRAME_REQUEST:
            self.wants_keyframe = True
        elif header.kind is Kind.CREDIT:
            while self._unread and self._unread[0].sequence <= header.sequence:
                self._release(self._unread.popleft())
        else:
            raise WireError(f"{header.kind.name} does not travel upstream")

    def _release(self, unread: _Unread) -> None:
        if unread.slot is not None:
            self._released.append(unread.slot)

    def end(self, *, final: bool) -> None:
        """Say that nothing follows, and close; the reader still gets everything written before."""
        self._send(Header(Kind.END, flags=_FINAL if final else 0).pack())
        if self._remainder and not self.closed:
            self._connection.settimeout(1.0)
            try:
                self._connection.sendall(self._remainder)
            except OSError:
                logger.warning("wire %s: the reader did not take the last message", self.wire)
        self.close("ended")

    def close(self, why: str) -> None:
        """Give the wire up; its slots are free again."""
        if self.closed:
            return
        self.closed = why
        self._connection.close()
        while self._unread:
            self._release(self._unread.popleft())
        logger.info("wire %s generation %d closed: %s", self.wire, self.generation, why)
