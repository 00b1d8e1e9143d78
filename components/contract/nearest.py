"""The name a person probably meant; every refusal of an unknown name offers it. Standard library alone."""

import difflib
from collections.abc import Iterable

_LISTED = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None where none is close. Costs some microseconds a known name."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.55)
    return found[0] if found else None


def advise(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name: the nearest one, else the names there are (the first dozen)."""
    names = list(known)
    close = nearest(name, names)
    return _list(names) if close is None else f"Did you mean {close}?"


def advise_reference(reference: str, known: Iterable[str]) -> str:
    """The same for `name@version`: it is the name that counts, so another version of it is nearest."""
    versions: dict[str, list[str]] = {}
    for each in known:
        versions.setdefault(each.partition("@")[0], []).append(each)
    name = reference.partition("@")[0]
    close = name if name in versions else nearest(name, versions)
    newest = [found[-1] for found in versions.values()]
    return _list(newest) if close is None else f"Did you mean {versions[close][-1]}?"


def _list(names: list[str]) -> str:
    if not names:
        return "There are none; remove it."
    more = ", ..." if len(names) > _LISTED else ""
    return f"Known: {', '.join(names[:_LISTED])}{more}."
