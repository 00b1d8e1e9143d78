"""Cuts off bodies that nobody could want: daphne itself writes all that a stranger sends to disk before it asks us."""

from typing import Any

from daphne import http_protocol

MOST_BYTES = 8 * 1024 * 1024
"""Far more than any address takes; each of them says so itself for what is less."""
_ANSWER = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 34\r\n\r\n"
    b"The body is too large; send less.\n"
)


class BoundedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """Daphne's request; one with too large a body ends with its connection."""

    _received = 0
    _is_cut = False

    def gotLength(self, length: int | None) -> None:
        """What is said to come; None where it comes in chunks of its own length."""
        is_too_large = length is not None and length > MOST_BYTES
        super().gotLength(0 if is_too_large else length)
        if is_too_large:
            self._cut()

    def handleContentChunk(self, data: bytes) -> None:
        """What came."""
        self._received += len(data)
        if self._received > MOST_BYTES:
            self._cut()
        if not self._is_cut:
            super().handleContentChunk(data)

    def _cut(self) -> None:
        if self._is_cut:
            return
        self._is_cut = True
        channel: Any = self.channel
        channel.transport.write(_ANSWER)
        channel.loseConnection()


def bound_bodies() -> None:
    """From now on, in this process."""
    http_protocol.WebRequest = BoundedRequest
