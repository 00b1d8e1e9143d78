"""Opens files of the artifact store and nothing else, and gives them out in pieces."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

CHUNK_BYTES = 256 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OpenFile:
    """A file of the store, opened, with the size that it had then.

    Args:
        descriptor: closed by `close`.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def close(self) -> None:
        """Give the descriptor back; twice is fine."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        # A client that is gone before the first byte leaves nobody who closes.
        self.close()

    async def read(self, first: int, behind: int) -> AsyncIterator[bytes]:
        """The bytes from `first` up to `behind`, in pieces that fit in memory however large the file is."""
        try:
            while first < behind:
                piece = await asyncio.to_thread(self._read_at, first, min(CHUNK_BYTES, behind - first))
                if not piece:
                    return
                first += len(piece)
                yield piece
        finally:
            self.close()

    def _read_at(self, first: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, first) if self._descriptor >= 0 else b""


class Part:
    """Some bytes of a file as the content of a response, which closes it."""

    def __init__(self, file: OpenFile, first: int, behind: int) -> None:
        self._file, self._first, self._behind = file, first, behind

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._file.read(self._first, self._behind)

    def close(self) -> None:
        """Called by the response, also of one that was never read."""
        self._file.close()


def open_stored(root: Path, path: Path) -> OpenFile | None:
    """Open a file below the root, going through no link anywhere below it; None where that cannot be.

    Each folder is opened from the one before: what somebody exchanges meanwhile leads nowhere else.
    """
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return None
    if not parts or ".." in parts:
        return None
    folder = -1
    try:
        folder = os.open(root, _FOLDER)
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        descriptor = os.open(parts[-1], _FILE, dir_fd=folder)
    except (OSError, ValueError):
        return None
    finally:
        if folder >= 0:
            os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return OpenFile(descriptor)
