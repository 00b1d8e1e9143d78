"""Unpacks a component's folder that somebody packed, into a folder of its own and nowhere else."""

import contextlib
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from factory.drivers.archives import (
    BROKEN,
    CHUNK_BYTES,
    MIB,
    ArchiveRefused,
    Budget,
    members,
    open_tar,
    safe_path,
    shown_name,
)

MOST_BYTES = 64 * MIB
"""That a component's folder may hold."""
MOST_FILES = 2000
_LARGEST_DIRECTORY = MIB
"""Of a zip: its list of files, which its reader takes into memory whole."""
_DEEPEST = 16
_WHAT = "The archive"
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_LONGEST_ZIP_COMMENT = 65_535
_ZIP64 = b"PK\x06\x07"
"""Before the end it says that another place has the numbers, which no folder of 64 MiB needs."""
_ZIP64_BYTES = 20
_LEFT_OUT = frozenset({"__MACOSX", ".DS_Store", "__pycache__", ".git"})


def is_zip(path: Path) -> bool:
    """Whether it begins as one."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def unpack_folder(path: Path, target: Path) -> Path:
    """Write the plain files of a zip or tar archive below a folder; returns the one with `component.yaml`.

    Raises:
        ArchiveRefused: it is broken, too large, or holds anything but plain files and folders.
    """
    with path.open("rb") as file:
        for name, content in _files_of_zip(file) if is_zip(path) else _files_of_tar(file):
            _write(target, name, content)
    found = sorted(target.rglob("component.yaml"), key=lambda each: len(each.parts))
    if not found:
        raise ArchiveRefused("There is no component.yaml in the archive; pack the component's folder.")
    return found[0].parent


def _write(target: Path, name: str, content: IO[bytes]) -> None:
    path = safe_path(name)
    if _LEFT_OUT.intersection(path.parts):
        return
    if len(path.parts) > _DEEPEST:
        raise ArchiveRefused(f"{shown_name(name)} lies too deep; pack the component's folder alone.")
    place = target.joinpath(*path.parts)
    left = MOST_BYTES
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as out:
            # What comes is counted: a header may say less.
            while left >= 0 and (piece := content.read(CHUNK_BYTES)):
                left -= len(piece)
                out.write(piece)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise ArchiveRefused(f"{shown_name(name)} is in the archive twice; pack it again.") from None
    except (*BROKEN, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"{shown_name(name)} cannot be unpacked ({error}); pack it again.") from None
    if left < 0:
        raise ArchiveRefused(f"{shown_name(name)} is larger than it says; pack it again.")


def _files_of_tar(file: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    with open_tar(file, _WHAT) as archive:
        for member in members(archive, Budget(MOST_FILES, MOST_BYTES), _WHAT):
            if member.isreg():
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content
            elif not member.isdir() and member.type not in (tarfile.XHDTYPE, tarfile.XGLTYPE):
                raise ArchiveRefused(f"{shown_name(member.name)} is no plain file; replace links by what they lead to.")


def _files_of_zip(file: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    _refuse_long_directory(file)
    budget = Budget(MOST_FILES, MOST_BYTES)
    try:
        archive = zipfile.ZipFile(file)
    except (*BROKEN, zipfile.BadZipFile, struct.error) as error:
        raise ArchiveRefused(f"{_WHAT} is broken ({error}); pack it again.") from None
    with archive:
        for info in archive.infolist():
            budget.spend(info.file_size, _WHAT)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir():
                continue
            if kind not in (0, stat.S_IFREG) or info.flag_bits & 0x1:
                raise ArchiveRefused(
                    f"{shown_name(info.filename)} is no plain file; replace links by what they lead to, "
                    "and pack without a password."
                )
            try:
                content = archive.open(info)
            except (*BROKEN, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
                raise ArchiveRefused(f"{shown_name(info.filename)} cannot be read ({error}); pack it again.") from None
            with contextlib.closing(content):
                yield info.filename, content


def _refuse_long_directory(file: BinaryIO) -> None:
    """Its list of files is read whole, so its length is looked at before (PKWARE APPNOTE, 4.3.16)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _ZIP64_BYTES - _ZIP_END_BYTES - _LONGEST_ZIP_COMMENT))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) - at < _ZIP_END_BYTES:
        raise ArchiveRefused(f"{_WHAT} is no zip that is whole; pack it again.")
    _, _, _, _, entries, length, _, _ = struct.unpack("<4sHHHHIIH", tail[at : at + _ZIP_END_BYTES])
    is_elsewhere = tail[max(0, at - _ZIP64_BYTES) : at].startswith(_ZIP64)
    if entries > MOST_FILES or length > _LARGEST_DIRECTORY or is_elsewhere:
        raise ArchiveRefused(f"{_WHAT} has too many files; leave out what the component does not need.")
