"""Control messages and file descriptors over a Unix stream socket, for both ends. Standard library alone."""

import array
import collections
import os
import socket

from components.contract.messages import MAX_LINE_BYTES, Message, MessageError, parse_line

MAX_DESCRIPTORS = 64
"""Descriptors held for lines still incomplete; a peer that sends more is cut off."""
_ANCILLARY = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)


def send(connection: socket.socket, message: Message, descriptors: tuple[int, ...] = ()) -> None:
    """Write one message; the descriptors ride on its first byte. The caller still owns and closes them.

    Raises:
        MessageError: too long, or the descriptors are not as many as the message states.
        OSError: the peer is gone.
    """
    line = message.to_line()
    if len(descriptors) != message.descriptors:
        raise MessageError(f"{message.op} states {message.descriptors} descriptors, {len(descriptors)} given")
    if not descriptors:
        connection.sendall(line)
        return
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    sent = connection.sendmsg([line], rights)
    connection.sendall(line[sent:])


class Receiver:
    """Splits what arrives into messages and hands each the descriptors that it states."""

    def __init__(self, connection: socket.socket, known: dict[str, type[Message]]) -> None:
        self._connection = connection
        self._known = known
        self._buffer = bytearray()
        self._descriptors: collections.deque[int] = collections.deque()

    def receive(self) -> list[tuple[Message, tuple[int, ...]]] | None:
        """Read once from the socket: the messages now complete (maybe none), or None at end of file.

        The caller owns the descriptors in the result.

        Raises:
            MessageError: the peer broke the contract; close the connection.
            BlockingIOError: a non-blocking socket has nothing to read.
        """
        data, ancillary, _flags, _address = self._connection.recvmsg(MAX_LINE_BYTES, _ANCILLARY)
        for level, kind, rights in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(rights[: len(rights) - len(rights) % received.itemsize])
                self._descriptors.extend(received)
        if len(self._descriptors) > MAX_DESCRIPTORS:
            raise MessageError("too many descriptors at once")
        if not data:
            return None
        self._buffer += data
        return self._complete()

    def _complete(self) -> list[tuple[Message, tuple[int, ...]]]:
        messages: list[tuple[Message, tuple[int, ...]]] = []
        try:
            while (end := self._buffer.find(b"\n")) >= 0:
                line = bytes(self._buffer[: end + 1])
                del self._buffer[: end + 1]
                message, stated = parse_line(line, self._known)
                if not 0 <= stated <= len(self._descriptors):
                    raise MessageError(f"{message.op} states {stated} descriptors, {len(self._descriptors)} came")
                messages.append((message, tuple(self._descriptors.popleft() for _ in range(stated))))
            if len(self._buffer) > MAX_LINE_BYTES:
                raise MessageError(f"a line without end after {len(self._buffer)} bytes")
        except MessageError:
            # The messages before the broken one reach nobody, so their descriptors are closed with the rest.
            for _message, taken in messages:
                self._descriptors.extend(taken)
            raise
        return messages

    def close(self) -> None:
        """Close the connection and every descriptor that no message took."""
        while self._descriptors:
            os.close(self._descriptors.popleft())
        self._connection.close()
