"""Where a muxer's bytes go: to the end of a file, and nowhere else."""

from typing import Protocol


class Destination(Protocol):
    """A file that can only grow."""

    def write(self, data: bytes) -> int:
        """Append all of it."""


class CountingDestination:
    """What a muxer sees of the file: `write` alone, so that it never seeks.

    Attributes:
        bytes: written so far.
        due: given to the muxer since it last wrote.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self.bytes = 0
        self.due = 0

    def write(self, data: bytes) -> int:
        """Append all of it, and count."""
        written = self._destination.write(bytes(data))
        self.bytes += written
        self.due = 0
        return written
