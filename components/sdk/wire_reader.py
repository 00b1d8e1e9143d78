"""The reading end of one wire: bytes in, messages out, credits back, and the counts that the canvas shows."""

import dataclasses
import logging
import socket
from collections.abc import Iterator

from components.contract.media_types import is_raw
from components.contract.wire_format import (
    CREDIT_TIMEOUT_NS,
    HEADER_BYTES,
    KEYFRAME_REQUEST_INTERVAL_NS,
    Description,
    Flag,
    Header,
    Kind,
    WireError,
)
from components.sdk.ring import Ring
from components.sdk.run_clock import RunClock

logger = logging.getLogger(__name__)
_KEYFRAME = Flag.KEYFRAME.value
"""A plain number: operators of enum.IntFlag cost more than the rest of a message."""
_READ_BYTES = 256 * 1024
_SMOOTHING = 16
"""Share of a new sample in the running jitter and hop latency (RFC 3550, section 6.4.1)."""


@dataclasses.dataclass(slots=True)
class Received:
    """One media message: its header, its bytes (valid until the next message is asked for), what it is."""

    header: Header
    payload: memoryview
    description: Description

    @property
    def keyframe(self) -> bool:
        """Decodable without what came before."""
        return bool(self.header.flags & _KEYFRAME)


class WireReader:
    """Reads one generation of a wire, blocking, in a thread of its own.

    Attributes:
        lost: media messages that never came, seen as gaps in the sequence.
        final: the writer came to its own end; valid once the iteration stops.
        ended: the writer said that it was done (as against: the peer died).
    """

    def __init__(
        self, connection: socket.socket, *, wire: str, generation: int, ring: Ring | None, clock: RunClock
    ) -> None:
        connection.setblocking(True)
        self.wire = wire
        self.generation = generation
        self.description: Description | None = None
        self.messages = 0
        self.bytes = 0
        self.frames = 0
        self.lost = 0
        self.jitter_ns = 0.0
        self.hop_ns = 0.0
        self.age_ns = 0
        self.keyframe_at = 0
        self.ended = False
        self.final = False
        self.closed = False
        self._connection = connection
        self._is_raw = False
        self._ring = ring
        self._clock = clock
        self._buffer = bytearray(_READ_BYTES)
        self._start = 0
        self._end = 0
        self._sequence = 0
        self._transit: int | None = None
        self._keyframe_requested = -KEYFRAME_REQUEST_INTERVAL_NS

    def __iter__(self) -> Iterator[Received]:
        """Yield media messages until the writer ends or dies; each is acknowledged when the next is asked for.

        Raises:
            WireError: the writer broke the format.
        """
        try:
            while (header := self._read_header()) is not None:
                payload = self._read_payload(header)
                if header.kind is Kind.MEDIA or header.kind is Kind.SLOT:
                    if self._take(header):
                        yield Received(header, payload, self._described())
                    self._send(Header(Kind.CREDIT, sequence=header.sequence))
                elif header.kind is Kind.DESCRIPTION:
                    self.description = Description.from_bytes(payload)
                    self._is_raw = is_raw(self.description.format)
                elif header.kind is Kind.END:
                    self.ended = True
                    self.final = bool(header.flags & Flag.FINAL.value)
                    return
                else:
                    raise WireError(f"{header.kind.name} does not travel downstream")
        except (OSError, EOFError) as error:
            logger.info("wire %s generation %d: the writer is gone (%s)", self.wire, self.generation, error)
        finally:
            self.close()

    def _described(self) -> Description:
        if self.description is None:
            raise WireError("media came before its description")
        return self.description

    def _take(self, header: Header) -> bool:
        """Count a media message; False where it is not to be looked at any more."""
        now = self._clock.now()
        self._count(header, now)
        if header.kind is Kind.SLOT and now - header.sent > CREDIT_TIMEOUT_NS:
            # A slot this old may have been taken back by a writer that gave this reader up.
            self.lost += 1
            return False
        self.frames += 1
        return True

    def _count(self, header: Header, now: int) -> None:
        if self._sequence and header.sequence > self._sequence + 1:
            self.lost += header.sequence - self._sequence - 1
        self._sequence = header.sequence
        self.messages += 1
        self.bytes += header.size
        transit = now - header.sent
        if self._transit is None:
            self.hop_ns = float(transit)
        else:
            self.jitter_ns += (abs(transit - self._transit) - self.jitter_ns) / _SMOOTHING
            self.hop_ns += (transit - self.hop_ns) / _SMOOTHING
        self._transit = transit
        self.age_ns = now - header.pts
        if self._is_raw or header.flags & _KEYFRAME:
            self.keyframe_at = now

    def _read_header(self) -> Header | None:
        if self._start == self._end:
            self._start = self._end = 0
        if not self._fill(HEADER_BYTES):
            return None
        header = Header.unpack(self._buffer, self._start)
        self._start += HEADER_BYTES
        return header

    def _read_payload(self, header: Header) -> memoryview:
        if header.kind is Kind.SLOT:
            if self._ring is None:
                raise WireError("a frame lies in a ring that this reader was not given")
            return self._ring.slot(header.slot, header.size).data
        if not self._fill(header.payload_bytes):
            raise EOFError("in the middle of a message")
        start, self._start = self._start, self._start + header.payload_bytes
        return memoryview(self._buffer)[start : self._start]

    def _fill(self, count: int) -> bool:
        """Make `count` bytes available from `_start`; False at end of file before the first of them."""
        if self._end - self._start < count and len(self._buffer) - self._start < count:
            # A new buffer, never a resize: a payload handed out may still be looked at.
            buffer = bytearray(max(_READ_BYTES, count * 2))
            buffer[: self._end - self._start] = memoryview(self._buffer)[self._start : self._end]
            self._buffer, self._end, self._start = buffer, self._end - self._start, 0
        while self._end - self._start < count:
            received = self._connection.recv_into(memoryview(self._buffer)[self._end :])
            if not received:
                if self._end > self._start:
                    raise EOFError("in the middle of a message")
                return False
            self._end += received
        return True

    def request_keyframe(self) -> None:
        """Ask upstream for a keyframe, at most once a second."""
        now = self._clock.now()
        if now - self._keyframe_requested >= KEYFRAME_REQUEST_INTERVAL_NS:
            self._keyframe_requested = now
            self._send(Header(Kind.KEYFRAME_REQUEST))

    def _send(self, header: Header) -> None:
        # A writer that has ended is gone, and what it wrote before is still to be read.
        if not self.closed:
            try:
                self._connection.sendall(header.pack())
            except (BrokenPipeError, ConnectionResetError):
                return

    def shutdown(self) -> None:
        """Make a reader that waits in another thread come to its end."""
        if not self.closed:
            try:
                self._connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("wire %s was gone already", self.wire)

    def close(self) -> None:
        """Give the wire up."""
        self.closed = True
        self._connection.close()
