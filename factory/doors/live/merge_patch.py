"""JSON merge patches (RFC 7396): what changes one object into another. Pure."""

from typing import Any

Json = dict[str, Any]
"""An object of strings, numbers, booleans, lists and such objects; in a patch null means: take it away."""


def diff(old: Json, new: Json) -> Json:
    """The patch that makes `new` of `old`, empty where they are the same.

    Neither may hold null: a merge patch cannot say that something becomes null.
    """
    patch: Json = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            if inner := diff(before, value):
                patch[name] = inner
        elif name not in old or not _is_same(before, value):
            patch[name] = value
    return patch


def apply(target: Json, patch: Json) -> Json:
    """The object that a patch makes of another, which stays as it is (RFC 7396, section 2)."""
    patched = dict(target)
    for name, value in patch.items():
        if value is None:
            patched.pop(name, None)
        elif isinstance(value, dict):
            before = patched.get(name)
            patched[name] = apply(before if isinstance(before, dict) else {}, value)
        else:
            patched[name] = value
    return patched


def _is_same(one: Any, other: Any) -> bool:
    """As JSON has it: true is not 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_is_same(value, other[name]) for name, value in one.items())
    return bool(one == other)
