"""What a component lets people set: a documented subset of JSON Schema, and the one check of a value against it."""

import base64
import binascii
import enum
import math
import re
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

LARGEST_NUMBER = 2**53 - 1
"""Beyond it a browser's numbers are no longer exact (RFC 8259, section 6)."""

PARAMETER_NAME = r"^[a-z][a-z0-9_]{0,39}$"

Value = bool | int | float | str
"""What a parameter can be set to."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_IMAGE = re.compile(r"(data:image/(png|jpeg|webp);base64,)?([A-Za-z0-9+/]*={0,2})")


class Refusal(NamedTuple):
    """Why a value is not allowed, and what would be."""

    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}"


class Closed(BaseModel):
    """A part of a manifest: unknown keys are errors, values are not converted, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ParameterType(enum.StrEnum):
    """The kinds of value; JSON Schema's names."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


class TextFormat(enum.StrEnum):
    """What a text stands for, where it is more than words."""

    COLOUR = "colour"
    """`#rrggbb`"""
    IMAGE = "image"
    """Base64 of a picture, with or without `data:image/png;base64,` before it; empty for none."""
    LINES = "lines"
    """Text of several lines."""


class Apply(enum.StrEnum):
    """When a change takes effect."""

    LIVE = "live"
    """At once, while media flows."""
    RESTART = "restart"
    """With the next attempt of the node."""


class VisibleIf(Closed):
    """Show a parameter only where another one has this value; it is in force either way."""

    parameter: Annotated[str, Field(pattern=PARAMETER_NAME, description="the name of another parameter")]
    equals: Value


class Parameter(Closed):
    """One thing that people can set on a node."""

    type: Annotated[ParameterType, Field(description="one of string, integer, number, boolean")]
    default: Annotated[Value | None, Field(description="a value of the type; without one it must be given")] = None
    minimum: Annotated[int | float | None, Field(description="the least value of a number")] = None
    maximum: Annotated[int | float | None, Field(description="the greatest value of a number")] = None
    multiple_of: Annotated[int | None, Field(ge=1, description="an integer must be divisible by this")] = None
    max_length: Annotated[int | None, Field(ge=0, le=49152, description="the most characters of a string")] = None
    enum: Annotated[tuple[Value, ...] | None, Field(min_length=1, max_length=100, description="every choice")] = None
    format: Annotated[TextFormat | None, Field(description="what a string stands for")] = None
    unit: Annotated[str, Field(max_length=16, description="the unit, as shown behind the value")] = ""
    title: Annotated[str, Field(min_length=1, max_length=60, description="what people read, at most 60 characters")]
    help: Annotated[str, Field(max_length=400, description="a sentence or two for people")] = ""
    apply: Annotated[Apply, Field(description="live or restart")] = Apply.RESTART
    secret: Annotated[bool, Field(description="true for keys and passwords; never shown, never exported")] = False
    group: Annotated[str, Field(max_length=40, description="the heading it stands under")] = ""
    advanced: Annotated[bool, Field(description="true to fold it away")] = False
    visible_if: Annotated[VisibleIf | None, Field(description="{parameter: ..., equals: ...}")] = None

    @classmethod
    def of(cls, **fields: Any) -> Self:
        """Build one from plain values, as in a manifest."""
        return cls.model_validate(fields, strict=False)

    def problem_of(self, value: object) -> Refusal | None:
        """Why a value is not allowed, or None if it is."""
        refusal = _refuse_type(self.type, value)
        if refusal is not None:
            return refusal
        if self.enum is not None and value not in self.enum:
            choices = ", ".join(shown(choice) for choice in self.enum)
            return Refusal(f"{shown(value)} is not one of the choices", f"give one of {choices}")
        if isinstance(value, str):
            return self._problem_of_text(value)
        return self._problem_of_number(value) if isinstance(value, int | float) else None

    def _problem_of_text(self, text: str) -> Refusal | None:
        if self.max_length is not None and len(text) > self.max_length:
            return Refusal(f"{len(text)} characters are too many", f"give at most {self.max_length}")
        if self.format is TextFormat.COLOUR and not _COLOUR.fullmatch(text):
            return Refusal(f"{shown(text)} is not a colour", "give one such as #ff8800")
        if self.format is TextFormat.IMAGE and not _is_base64_image(text):
            return Refusal("it is not an image in base64", "give a PNG as data:image/png;base64,...")
        return None

    def _problem_of_number(self, number: int | float) -> Refusal | None:
        low = -LARGEST_NUMBER if self.minimum is None else self.minimum
        high = LARGEST_NUMBER if self.maximum is None else self.maximum
        if not low <= number <= high:
            return Refusal(f"{number} is out of bounds", f"give a value from {low} to {high}")
        if self.multiple_of is not None and number % self.multiple_of:
            below = number - number % self.multiple_of
            near = below if below >= low else below + self.multiple_of
            return Refusal(f"{number} is not a multiple of {self.multiple_of}", f"give one such as {near}")
        return None


def shown(value: object) -> str:
    """A value as people should see it in a message: as in YAML, and never longer than a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:56]}..."


def is_storable_text(text: str) -> bool:
    """Whether every database and UTF-8 can hold it: no NUL character and no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_type(kind: ParameterType, value: object) -> Refusal | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is ParameterType.STRING:
        if not isinstance(value, str):
            return Refusal(f"{shown(value)} is not text", "put it in quotes")
        return None if is_storable_text(value) else Refusal("it holds characters that cannot be kept", "remove them")
    if kind is ParameterType.BOOLEAN:
        return (
            None
            if isinstance(value, bool)
            else Refusal(f"{shown(value)} is neither true nor false", "give one of them")
        )
    if kind is ParameterType.INTEGER:
        whole = number and isinstance(value, int)
        return None if whole else Refusal(f"{shown(value)} is not a whole number", "give one such as 1")
    finite = number and isinstance(value, int | float) and math.isfinite(value)
    return None if finite else Refusal(f"{shown(value)} is not a number", "give one such as 1 or 0.5")


def _is_base64_image(text: str) -> bool:
    match = _IMAGE.fullmatch(text)
    if match is None:
        return False
    try:
        base64.b64decode(match[3], validate=True)
    except binascii.Error:
        return False
    return True
