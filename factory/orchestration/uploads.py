"""Where uploads lie until a worker has taken them in, and who works on them: a lock that dies with its worker."""

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from factory.domain.catalogue.installations import MIB, UploadRefused
from factory.domain.catalogue.models import Installation
from factory.foundation.errors import UserError

PIECE_BYTES = 1024 * 1024
"""The most of one piece, as the API takes bodies."""
_TIMES_ITS_SIZE = 3
"""An upload, the clean copy that the engine gets, and what the engine makes of it."""
_KEPT_FREE_BYTES = 512 * MIB
_ID = re.compile(r"[a-z2-7]{12}")


class PieceRefused(UserError):
    """The piece is not the next one; `offset` says where to go on."""

    id: ClassVar[str] = "catalogue:user:piece-refused"

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def require_room(*, size: int) -> None:
    """See that the disk has room for an upload and for what is made of it.

    Raises:
        UploadRefused: it has not.
    """
    free = shutil.disk_usage(_folder()).free
    if free < size * _TIMES_ITS_SIZE + _KEPT_FREE_BYTES:
        raise UploadRefused(
            f"The disk of this installation has {free // MIB} MiB left, and this needs "
            f"{(size * _TIMES_ITS_SIZE + _KEPT_FREE_BYTES) // MIB}; ask its operator to make room."
        )


def add_piece(*, installation: Installation, offset: int, piece: bytes) -> int:
    """Append to an upload; returns how much of it is here. A piece that is here already is fine.

    Raises:
        PieceRefused: it is not the next one, or more than was said to come.
    """
    descriptor = os.open(upload_path(installation.pk), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        here = os.fstat(descriptor).st_size
        if offset + len(piece) <= here:
            return here
        if offset != here:
            raise PieceRefused(f"{here} bytes are here; send what follows them, with offset={here}.", here)
        if here + len(piece) > installation.size:
            raise PieceRefused(f"The file was said to have {installation.size} bytes; send no more.", here)
        os.pwrite(descriptor, piece, here)
        return here + len(piece)
    finally:
        os.close(descriptor)


def upload_path(installation_id: str) -> Path:
    """Where an upload lies; the folder is there afterwards."""
    return _folder() / installation_id


def uploaded(installation_id: str) -> int:
    """How many bytes of it are here."""
    try:
        return upload_path(installation_id).stat().st_size
    except FileNotFoundError:
        return 0


def workshop(installation_id: str) -> Path:
    """A folder for what is made of it, empty."""
    folder = _folder() / f"{installation_id}.work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def lying() -> set[str]:
    """The ids of all uploads of which anything lies here."""
    names = (path.name.removesuffix(".work") for path in _folder().iterdir())
    return {name for name in names if _ID.fullmatch(name)}


def discard(installation_id: str) -> None:
    """Remove all that lies of an upload; none is fine."""
    shutil.rmtree(_folder() / f"{installation_id}.work", ignore_errors=True)
    (_folder() / installation_id).unlink(missing_ok=True)


@contextlib.contextmanager
def hold() -> Iterator[bool]:
    """Whether this thread alone works on uploads now; the kernel lets go when its process dies."""
    with (_folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _folder() -> Path:
    folder = Path(settings.FACTORY_STATE) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
