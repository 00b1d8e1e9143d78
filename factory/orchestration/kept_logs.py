"""What instances wrote last, kept on their host when the engine forgets them: a crash is read after it has happened."""

import dataclasses
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from factory.drivers.driver import Driver

MOST_BYTES = 64 * 1024
"""Of one attempt; older lines go first."""
MOST_LINES = 2000
MOST_ATTEMPTS = 10
"""Attempts of one node; a node that crashes for ever must not push out what others left."""
MOST_FILES = 4000
"""Attempts of all runs of this host; the oldest go first."""
_NAME = re.compile(r"(pf-[a-z0-9]{1,40}-[a-z0-9_-]{1,40})-([0-9]{1,9})")
_SUFFIX = ".log"

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class KeptLog:
    """The last lines of an attempt whose instance is gone; `truncated` where there had been more."""

    text: str
    truncated: bool


def keep_log(driver: Driver, name: str, *, hide: Callable[[str], str] = lambda text: text) -> None:
    """Keep the last lines of an instance that is about to be discarded; nothing is as important as discarding it.

    Args:
        driver: that has it.
        name: of the instance.
        hide: takes the secrets of its run out of what it wrote.

    Raises:
        DriverUnavailable: the engine does not answer; so it cannot be discarded either.
    """
    path = _path_of(name)
    # Kept on a disk, a secret that a component should not have written would be there for ever.
    text = hide(driver.logs(name, tail=MOST_LINES + 1))
    if path is None or (not text and path.exists()):
        # The second of two who discard it finds it empty.
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.write_bytes(_cut(text))
        draft.replace(path)
        _prune(path)
    except OSError as error:
        logger.warning("%s: its log cannot be kept: %s", name, error)


def read_kept_log(name: str) -> KeptLog | None:
    """What was kept of an instance, None where nothing was."""
    path = _path_of(name)
    try:
        stored = path.read_bytes() if path is not None else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stored is None:
        return None
    flag, _, text = stored.decode("utf-8", "ignore").partition("\n")
    return KeptLog(text, truncated=flag == "truncated")


def kept_attempts(*, run_id: str, node: str) -> list[int]:
    """The attempts of a node whose logs were kept, in rising order."""
    return sorted(_attempts_beside(_folder(), f"pf-{run_id}-{node}"))


def _folder() -> Path:
    return Path(settings.FACTORY_STATE) / "logs-of-nodes"


def _path_of(name: str) -> Path | None:
    return _folder() / f"{name}{_SUFFIX}" if _NAME.fullmatch(name) else None


def _cut(text: str) -> bytes:
    """A first line that says whether something is missing, then the last lines that fit."""
    lines = text.splitlines(keepends=True)
    kept = "".join(lines[-MOST_LINES:]).encode("utf-8", "replace")
    truncated = len(lines) > MOST_LINES or len(kept) > MOST_BYTES
    return (b"truncated\n" if truncated else b"whole\n") + kept[-MOST_BYTES:]


def _attempts_beside(folder: Path, stem: str) -> list[int]:
    try:
        matches = [_NAME.fullmatch(entry.name.removesuffix(_SUFFIX)) for entry in os.scandir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [int(match[2]) for match in matches if match and match[1] == stem]


def _prune(path: Path) -> None:
    """Hold the bounds after one was added."""
    stem = path.name.removesuffix(_SUFFIX).rpartition("-")[0]
    for attempt in sorted(_attempts_beside(path.parent, stem))[:-MOST_ATTEMPTS]:
        path.with_name(f"{stem}-{attempt}{_SUFFIX}").unlink(missing_ok=True)
    names = [entry.name for entry in os.scandir(path.parent)]
    if len(names) <= MOST_FILES:
        return
    aged = sorted((_changed_at(path.with_name(name)), name) for name in names)
    for _when, name in aged[: len(names) - MOST_FILES]:
        path.with_name(name).unlink(missing_ok=True)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return 0.0
