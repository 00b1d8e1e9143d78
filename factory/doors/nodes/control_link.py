"""One connection of one instance: messages out without waiting, messages in as they come, descriptors closed once."""

import array
import asyncio
import collections
import logging
import os
import socket
import time
from collections.abc import Callable

from components.contract.control_socket import Receiver
from components.contract.messages import UP, Message, MessageError

logger = logging.getLogger(__name__)

MAX_WAITING_MESSAGES = 256
"""Messages not yet taken by the instance; one that lets more pile up does not read and is cut off."""
MAX_MESSAGES_A_SECOND = 1000
"""An instance that says more than this is broken or hostile and is cut off."""
_READS_A_TURN = 8
_LAST_WORDS_SECONDS = 1.0


class ControlLink:
    """The agent's end of a control connection, in the event loop that it was made in.

    Args:
        instance: whose it is.
        connection: a connected Unix stream socket; owned and closed here.
        on_message: called with each message.
        on_close: called once, with why, after everything is closed.
    """

    def __init__(
        self,
        instance: str,
        connection: socket.socket,
        *,
        on_message: Callable[["ControlLink", Message], None],
        on_close: Callable[["ControlLink", str], None],
    ) -> None:
        connection.setblocking(False)
        self.instance = instance
        self.closed = False
        self._deaf = False
        self._connection = connection
        self._receiver = Receiver(connection, UP)
        self._on_message = on_message
        self._on_close = on_close
        self._waiting: collections.deque[tuple[bytes, tuple[int, ...]]] = collections.deque()
        self._second = 0
        self._messages_this_second = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._read)

    def send(self, message: Message, descriptors: tuple[int, ...] = ()) -> bool:
        """Queue a message; takes the descriptors over and closes them, sent or not.

        Returns whether the connection still stands; if not, nothing was sent.
        """
        if self.closed or self._deaf:
            _close_all(descriptors)
            return False
        try:
            line = message.to_line()
            if len(descriptors) != message.descriptors:
                raise MessageError(f"{message.op} takes {message.descriptors} descriptors, {len(descriptors)} given")
        except MessageError as error:
            _close_all(descriptors)
            logger.error("%s: not sent: %s", self.instance, error)
            return True
        if len(self._waiting) >= MAX_WAITING_MESSAGES:
            _close_all(descriptors)
            self.close(f"it left {len(self._waiting)} messages unread")
            return False
        self._waiting.append((line, descriptors))
        self._write()
        return not (self.closed or self._deaf)

    def close(self, why: str) -> None:
        """Close the connection and every descriptor that waits; doing it again does nothing."""
        if self.closed:
            return
        self.closed = True
        self._loop.remove_reader(self._connection.fileno())
        self._loop.remove_writer(self._connection.fileno())
        self._drop_waiting()
        self._receiver.close()
        self._on_close(self, why)

    def _write(self) -> None:
        while self._waiting and not self.closed:
            line, descriptors = self._waiting[0]
            try:
                sent = self._send_some(line, descriptors)
            except BlockingIOError:
                self._loop.add_writer(self._connection.fileno(), self._write)
                return
            except (BrokenPipeError, ConnectionResetError):
                self._hear_out()
                return
            except OSError as error:
                self.close(f"it cannot be written to ({error.strerror})")
                return
            _close_all(descriptors)
            if sent < len(line):
                # The descriptors rode on the first byte; what is left is plain bytes.
                self._waiting[0] = (line[sent:], ())
            else:
                self._waiting.popleft()
        if not self.closed:
            self._loop.remove_writer(self._connection.fileno())

    def _hear_out(self) -> None:
        """It is gone, but its last words may still lie in the socket: reading ends at the end of file behind them."""
        self._deaf = True
        self._drop_waiting()
        self._loop.remove_writer(self._connection.fileno())
        self._loop.call_later(_LAST_WORDS_SECONDS, self.close, "it is gone")

    def _drop_waiting(self) -> None:
        while self._waiting:
            _close_all(self._waiting.popleft()[1])

    def _send_some(self, line: bytes, descriptors: tuple[int, ...]) -> int:
        if not descriptors:
            return self._connection.send(line)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        return self._connection.sendmsg([line], rights)

    def _read(self) -> None:
        for _turn in range(_READS_A_TURN):
            if self.closed:
                return
            try:
                arrived = self._receiver.receive()
            except BlockingIOError:
                return
            except MessageError as error:
                self.close(f"it broke the contract: {error}")
                return
            except OSError as error:
                self.close(f"it is gone ({error.strerror})")
                return
            if arrived is None:
                self.close("it closed the connection")
                return
            for _message, descriptors in arrived:
                # Nothing that an instance says comes with a descriptor.
                _close_all(descriptors)
            for message, _descriptors in arrived:
                self._hand_on(message)

    def _hand_on(self, message: Message) -> None:
        if self.closed:
            return
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._messages_this_second = second, 0
        self._messages_this_second += 1
        if self._messages_this_second > MAX_MESSAGES_A_SECOND:
            self.close(f"it sent more than {MAX_MESSAGES_A_SECOND} messages in a second")
            return
        try:
            self._on_message(self, message)
        except (TypeError, ValueError, KeyError, AttributeError, LookupError) as error:
            # The fields of a message are the instance's own; what does not make sense ends its connection, not us.
            logger.warning("%s: %s makes no sense", self.instance, message.op, exc_info=True)
            self.close(f"its {message.op} makes no sense: {error!r}")


def _close_all(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
