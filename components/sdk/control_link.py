"""The instance's line to the agent: dialled for ever, reports once a second, media independent of it."""

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable

from components.contract.control_socket import Receiver, send
from components.contract.messages import DOWN, Hello, Message, MessageError, Report

logger = logging.getLogger(__name__)
_REPORT_SECONDS = 1.0
_REDIAL_SECONDS = (0.01,) * 100 + (0.05,) * 60 + (0.25,)
"""Quick at first, when the agent is about to bind the socket; the last one for ever."""
_SEND_SECONDS = 5.0
_MAX_QUEUED = 256
Handler = Callable[[Message, tuple[int, ...]], None]


class ControlLink:
    """Runs in a thread: dials, says hello, hands messages to `handle`, sends reports and what `send` queues.

    Messages queued while no agent is there are kept up to a bound, the oldest dropped first: whatever
    matters is a level and comes again with the next report.
    """

    def __init__(self, path: str, *, hello: Callable[[], Hello], report: Callable[[], Report], handle: Handler) -> None:
        self._path = path
        self._hello = hello
        self._report = report
        self._handle = handle
        self._queue: list[Message] = []
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._report_due = True
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="control link", daemon=True)
        self.connections = 0

    def start(self) -> None:
        """Begin dialling."""
        self._thread.start()

    def send(self, message: Message) -> None:
        """Send soon, from any thread; never waits."""
        with self._lock:
            self._queue.append(message)
            if len(self._queue) > _MAX_QUEUED:
                del self._queue[0]
        self._wake()

    def report_soon(self) -> None:
        """Something changed: send a report now instead of at the next second."""
        self._report_due = True
        self._wake()

    def close(self, seconds: float) -> None:
        """Send what is queued and a last report, then hang up."""
        self._report_due = True
        self._closing.set()
        self._wake()
        self._thread.join(seconds)

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"!")
        except BlockingIOError:
            return  # Enough wake-ups are waiting already.

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(self._path)
            except OSError:
                connection.close()
                time.sleep(_REDIAL_SECONDS[min(attempt, len(_REDIAL_SECONDS) - 1)])
                attempt += 1
                continue
            self.connections += 1
            attempt = 0
            receiver = Receiver(connection, DOWN)
            try:
                connection.settimeout(_SEND_SECONDS)
                send(connection, self._hello())
                self._serve(connection, receiver)
            except (OSError, MessageError) as error:
                logger.warning("the agent is gone: %s", error)
            finally:
                receiver.close()
            if not self._closing.is_set():
                time.sleep(_REDIAL_SECONDS[0])

    def _serve(self, connection: socket.socket, receiver: Receiver) -> None:
        next_report = 0.0
        while True:
            now = time.monotonic()
            if self._report_due or now >= next_report:
                self._report_due = False
                next_report = now + _REPORT_SECONDS
                send(connection, self._report())
            self._flush(connection)
            if self._closing.is_set() and not self._report_due:
                return
            sources: list[socket.socket | int] = [connection, self._wake_read]
            readable, _, _ = select.select(sources, [], [], max(next_report - now, 0))
            if self._wake_read in readable:
                os.read(self._wake_read, 4096)
            if connection in readable:
                messages = receiver.receive()
                if messages is None:
                    raise ConnectionResetError("it hung up")
                for message, descriptors in messages:
                    self._handle(message, descriptors)

    def _flush(self, connection: socket.socket) -> None:
        with self._lock:
            queued, self._queue = self._queue, []
        for position, message in enumerate(queued):
            try:
                send(connection, message)
            except OSError:
                with self._lock:
                    self._queue[:0] = queued[position:]
                raise
