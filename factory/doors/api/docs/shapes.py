"""Says in a few words what a schema allows, so that nobody has to read JSON Schema."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_MOST_CHOICES = 12
_KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false", "null": "null"}
_FORMATS = {"date-time": "time (RFC 3339)", "date": "date", "binary": "bytes", "uuid": "UUID"}


@dataclasses.dataclass(frozen=True)
class Field:
    """A parameter, or a property of a shape.

    Attributes:
        kind: in words, such as `list of text`.
        shape: the name of the shape that it holds or lists; empty where it is none.
    """

    name: str
    kind: str
    shape: str
    required: bool
    told: str
    place: str = ""


@dataclasses.dataclass(frozen=True)
class Shape:
    """An object that goes in or out; `choices` where it is one word of a few."""

    name: str
    told: str
    fields: tuple[Field, ...]
    choices: tuple[str, ...]


def shapes_of(schemas: Mapping[str, Schema]) -> list[Shape]:
    """Every shape, by its name."""
    return [
        Shape(
            name=name,
            told=schema.get("description", ""),
            fields=tuple(_fields_of(schema)),
            choices=tuple(str(choice) for choice in schema.get("enum", ())),
        )
        for name, schema in sorted(schemas.items())
    ]


def field_of(name: str, schema: Schema, *, required: bool, told: str = "", place: str = "") -> Field:
    """One of them, with what its schema says."""
    return Field(
        name=name,
        kind=kind_of(schema),
        shape=shape_of(schema),
        required=required,
        told=told or schema.get("description", ""),
        place=place,
    )


def kind_of(schema: Schema) -> str:
    """What it may be, in words."""
    if "$ref" in schema:
        return _name_of(schema["$ref"])
    if "const" in schema:
        return f"always {schema['const']}"
    if "enum" in schema:
        choices = [str(choice) for choice in schema["enum"]]
        return "one of " + ", ".join(choices[:_MOST_CHOICES]) + (", …" if len(choices) > _MOST_CHOICES else "")
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(kind_of(each) for each in schema[word]))
    match schema.get("type"):
        case "array":
            return f"list of {kind_of(schema.get('items', {}))}"
        case "object":
            others = schema.get("additionalProperties")
            return f"object of {kind_of(others)} by name" if isinstance(others, Mapping) and others else "object"
        case str() as kind:
            return " ".join([_FORMATS.get(schema.get("format", ""), _KINDS.get(kind, kind)), *_bounds_of(schema)])
        case _:
            return "anything"


def shape_of(schema: Schema) -> str:
    """The name of the first shape within; empty where there is none."""
    if "$ref" in schema:
        return _name_of(schema["$ref"])
    parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    inner = [schema.get("items"), schema.get("additionalProperties"), *parts]
    return next((found for each in inner if isinstance(each, Mapping) and (found := shape_of(each))), "")


def _bounds_of(schema: Schema) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None:
        yield f"from {low}"
    if schema.get("maxLength") is not None:
        yield f"of at most {schema['maxLength']} characters"
    if schema.get("default") not in (None, ""):
        yield f"({schema['default']} if left out)"


def _fields_of(schema: Schema) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        yield field_of(name, each, required=name in required)


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]
