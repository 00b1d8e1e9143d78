"""A text that is not shown by accident: wherever it is printed, logged or formatted, stars stand in its place."""

from collections.abc import Mapping
from typing import Any, Self

STARS = "•••"


class HiddenText(str):
    """A secret's value. It is text for whoever encodes or compares it, and stars for whoever prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return STARS

    def __str__(self) -> str:
        return STARS

    def __format__(self, spec: str) -> str:
        return STARS

    def __deepcopy__(self, seen: Mapping[int, Any]) -> Self:
        return self
