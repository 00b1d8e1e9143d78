"""One start of a name at a time on this host, among threads and processes alike.

A byte of one file stands for a name, so that nothing need be cleaned up: the kernel frees it when its holder ends.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from factory.drivers.driver import DriverUnavailable

_POLL_SECONDS = 0.01


def _flock(offset: int) -> bytes:
    """`struct flock` of Linux on 64 bits: type, whence, start, length, pid (fcntl(2), open file description locks)."""
    return struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, offset, 1, 0)


@contextlib.contextmanager
def hold_name(file: Path, name: str, *, wait_seconds: float) -> Iterator[None]:
    """Hold the name for the length of the block.

    Raises:
        DriverUnavailable: another held it for all of `wait_seconds`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    offset = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(descriptor, offset):
            if time.monotonic() >= deadline:
                raise DriverUnavailable(f"{name} is being started by another process; try again in a moment")
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, offset: int) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _flock(offset))
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True
