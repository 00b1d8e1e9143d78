"""Where a run's file lies, and under what name while it is still written: one rule for who writes and who reads."""

import re
from pathlib import Path

PARTIAL = re.compile(r"\.partial~(\d{1,9})~([A-Za-z0-9_-]{1,40})~(.+)")
"""The name of a file that is being written: attempt, the instance's own id for it, and the name it will have."""
_MOST_FILES = 100_000


def partial_name(*, attempt: int, id: str, name: str) -> str:  # noqa: A002  # as the messages call it
    """The name that a file has until it is stored; it holds all that a later agent has to know."""
    return f".partial~{attempt}~{id}~{name}"


def written_so_far(*, final: Path, attempt: int) -> Path | None:
    """The file that will be `final` and that an attempt is still writing; None where there is none.

    Raises:
        OSError: the folder cannot be read.
    """
    if not final.parent.is_dir():
        return None
    for number, path in enumerate(final.parent.iterdir()):
        match = PARTIAL.fullmatch(path.name)
        if match and int(match[1]) == attempt and match[3] == final.name:
            return path
        if number >= _MOST_FILES:
            break
    return None
