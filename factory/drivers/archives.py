"""Reads archives that strangers made: every size is looked at before anything of it is believed or kept."""

import contextlib
import dataclasses
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar, cast

from factory.foundation.errors import UserError

MIB = 1024 * 1024
CHUNK_BYTES = 256 * 1024
_LARGEST_READ = 4 * MIB
"""Of one piece in memory; headers that claim to be longer are no headers."""
_LONGEST_NAME = 1024
BROKEN = (tarfile.TarError, zlib.error, OSError, EOFError, ValueError, OverflowError, RecursionError)
"""What readers of archives raise over one that is not as it should be."""
_MOST_PADDING = 4 * MIB
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class ArchiveRefused(UserError):
    """The archive is broken, too large, or holds what no component needs; the message says what to do."""

    id: ClassVar[str] = "archive:user:refused"


@dataclasses.dataclass
class Budget:
    """What may still be unpacked of one archive.

    Attributes:
        entries: files and folders, those in layers among them.
        size: bytes.
    """

    entries: int
    size: int

    def spend(self, size: int, what: str) -> None:
        """One more entry of this size.

        Raises:
            ArchiveRefused: it is one too many, or too large.
        """
        self.entries -= 1
        self.size -= max(size, 0)
        if self.entries < 0:
            raise ArchiveRefused(f"{what} has too many files; leave out what the component does not need.")
        if self.size < 0:
            raise ArchiveRefused(f"{what} unpacks to far more than it may; leave out what the component does not need.")


@contextlib.contextmanager
def refuse_broken(what: str) -> Iterator[None]:
    """Say of what readers raise over an archive that it is broken; what the disk refuses is another matter.

    Raises:
        ArchiveRefused: it is.
    """
    try:
        yield
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ArchiveRefused(f"{what} is broken ({error}); pack it again.") from None


class CarefulFile(io.RawIOBase):
    """A file that refuses to give much at once, since readers of archives believe what headers claim."""

    def __init__(self, file: BinaryIO | gzip.GzipFile) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _LARGEST_READ:
            raise ArchiveRefused("A header in the archive is longer than any can be; pack it again.")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def open_tar(file: BinaryIO, what: str) -> tarfile.TarFile:
    """A tar archive, compressed with gzip or not.

    Raises:
        ArchiveRefused: it is none.
    """
    start = file.read(4)
    file.seek(0)
    if start == ZSTD_MAGIC:
        raise ArchiveRefused(f"{what} is compressed with zstd, which cannot be read here; use gzip or nothing.")
    plain = gzip.GzipFile(fileobj=file) if start.startswith(GZIP_MAGIC) else file
    try:
        return tarfile.TarFile(fileobj=CarefulFile(plain), mode="r")
    except BROKEN as error:
        raise ArchiveRefused(f"{what} is no tar archive ({error}); pack it again.") from None


def members(archive: tarfile.TarFile, budget: Budget, what: str) -> Iterator[tarfile.TarInfo]:
    """Each entry, its size spent before anything of it is read; the archive itself keeps none of them.

    Raises:
        ArchiveRefused: it breaks off, or the budget is spent.
    """
    while True:
        try:
            member = archive.next()
        except BROKEN as error:
            raise ArchiveRefused(f"{what} is broken ({error}); pack it again.") from None
        if member is None:
            _refuse_more(archive, what)
            return
        # Otherwise it would keep every header it has seen.
        archive.members = []  # type: ignore[attr-defined]
        budget.spend(member.size, what)
        if member.issparse():
            raise ArchiveRefused(f"{what} has a file with holes, {shown_name(member.name)}; write it out in full.")
        yield member


def _refuse_more(archive: tarfile.TarFile, what: str) -> None:
    """Behind the last entry there is padding; whoever reads to the end must not have to read for ever."""
    left = _MOST_PADDING
    try:
        while left > 0 and (piece := cast("BinaryIO", archive.fileobj).read(CHUNK_BYTES)):
            left -= len(piece)
    except BROKEN as error:
        raise ArchiveRefused(f"{what} is broken ({error}); pack it again.") from None
    if left <= 0:
        raise ArchiveRefused(f"{what} goes on behind its last file; pack it again.")


def safe_path(name: str) -> PurePosixPath:
    """The path of an entry, which cannot lead out of the folder that it is unpacked in.

    Raises:
        ArchiveRefused: it could.
    """
    path = PurePosixPath(name)
    odd = "\\" in name or "\0" in name or len(name) > _LONGEST_NAME or not name.isprintable()
    if path.is_absolute() or ".." in path.parts or odd or name.startswith("~") or ":" in name.split("/", 1)[0]:
        raise ArchiveRefused(f"The entry {shown_name(name)} leads out of the archive; pack the folder itself.")
    return path


def shown_name(name: str) -> str:
    """A name from an archive, fit to be read by people."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in name)
    return clean if len(clean) <= 80 else f"{clean[:77]}..."
