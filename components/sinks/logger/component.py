"""Writes a line for what it takes, to see what flows on a wire."""

import sys
import threading

from components.sdk.component import Node, Sink
from components.sdk.frames import Frame
from components.sinks.logger.line import describe


class Logger(Sink):
    """Counts everything, and writes one line of so many to standard output."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def receive(self, port: str, frame: Frame) -> None:
        """Count one item, and write it down if its turn has come."""
        with self._lock:
            count = self._counts[port] = self._counts.get(port, 0) + 1
            self.measures[f"{port}_items"] = count
            if (count - 1) % self.parameters["every"] == 0:
                line = describe(frame, full=self.parameters["detail"] == "full")
                sys.stdout.write(f"{port} #{count} {line}\n")
                sys.stdout.flush()

    def ended(self, port: str) -> None:
        """Say how many there were."""
        with self._lock:
            sys.stdout.write(f"{port} ended after {self._counts.get(port, 0)}\n")
            sys.stdout.flush()
