"""Where the files of a run lie: partial while an instance writes them, under their own name once stored."""

import dataclasses
import os
import re
from pathlib import Path

from factory.domain.runs.artifact_paths import PARTIAL, partial_name
from factory.foundation.errors import UserError

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NAME = re.compile(r"\w[\w .()+,=@-]{0,99}")
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
MAX_SAME_NAME = 10_000


class ArtifactRefused(UserError):
    """A file is not given; the message is for the component's log."""

    id = "artifact:user:refused"


@dataclasses.dataclass(frozen=True)
class ArtifactFile:
    """One file of one instance.

    Attributes:
        folder: of the run's node.
        id: what the instance calls it in its messages.
        name: under which it will be stored.
    """

    folder: Path
    run: str
    node: str
    attempt: int
    id: str
    name: str

    @property
    def partial(self) -> Path:
        """Where it lies while it is written; its name holds all that a later agent has to know."""
        return self.folder / partial_name(attempt=self.attempt, id=self.id, name=self.name)

    @property
    def final(self) -> Path:
        """Where it lies once stored."""
        return self.folder / self.name


def open_partial(root: Path, *, run: str, node: str, attempt: int, id: str, name: str) -> tuple[ArtifactFile, int]:  # noqa: A002
    """Make a file, numbered if one of its name is there, and a descriptor that appends to it; the caller closes that.

    Raises:
        ArtifactRefused: the id or the name is not safe.
        OSError: the store refuses.
    """
    if not _ID.fullmatch(id):
        raise ArtifactRefused("the file's id must be 1 to 40 letters, digits, - or _")
    if not _NAME.fullmatch(name) or name != name.strip() or name.endswith(".") or len(name.encode()) > 150:
        raise ArtifactRefused(f"{name!r} is no safe file name: use letters, digits, spaces and . ( ) + , = @ - _")
    folder = root / run / node
    folder.mkdir(parents=True, exist_ok=True)
    file = ArtifactFile(folder, run, node, attempt, id, _free_name(folder, name))
    return file, os.open(file.partial, _APPEND | os.O_CREAT | os.O_EXCL, 0o640)


def reopen(file: ArtifactFile) -> int:
    """Another descriptor that appends to a partial file; the caller closes it.

    Raises:
        OSError: it is not there any more.
    """
    return os.open(file.partial, _APPEND)


def _free_name(folder: Path, name: str) -> str:
    taken = {path.name for path in folder.iterdir()}
    taken |= {match[3] for match in map(PARTIAL.fullmatch, taken) if match}
    stem, dot, suffix = name.rpartition(".")
    for number in range(2, MAX_SAME_NAME):
        if name not in taken:
            return name
        name = f"{stem}-{number}{dot}{suffix}" if stem else f"{suffix}-{number}"
    raise ArtifactRefused(f"there are {MAX_SAME_NAME} files of this name; give it another")


def store(file: ArtifactFile) -> int:
    """Give a partial file its own name; returns its size in bytes.

    Raises:
        OSError: it is not there any more.
    """
    size = file.partial.stat().st_size
    file.partial.rename(file.final)
    return size


def find_partials(root: Path) -> list[ArtifactFile]:
    """The partial files of all runs, from their names alone."""
    found = []
    for path in sorted(root.glob("*/*/.partial~*")):
        if match := PARTIAL.fullmatch(path.name):
            node, run = path.parent.name, path.parent.parent.name
            found.append(ArtifactFile(path.parent, run, node, int(match[1]), match[2], match[3]))
    return found
