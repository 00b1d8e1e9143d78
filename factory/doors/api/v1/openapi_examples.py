"""An example of everything that the API takes and gives, made from its shapes, so that none is out of date."""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
MOST_DEEP = 8
"""Shapes within shapes that are followed; none of ours is deeper."""
_MOMENT = "2026-11-22T12:00:00Z"
_WORDS: dict[str, Any] = {
    "address": "https://factory.example.org/whip/ab2cd3ef4gh5",
    "api_version": 1,
    "code": "api:user:not-found",
    "component": "overlay@1.0.0",
    "created_by": "Alice",
    "email": "alice@example.org",
    "href": "/api/v1/teams/studio/pipelines/hello/runs/ab2cd3ef4gh5/artifacts/7",
    "id": "ab2cd3ef4gh5",
    "name": "Hello",
    "next": None,
    "node": "caption",
    "nodes": None,
    "note": "Larger letters",
    "number": 3,
    "parameter": "text",
    "port": "video",
    "ref": "overlay@1.0.0",
    "revision": 2,
    "run": None,
    "slug": "hello",
    "team": "studio",
    "title": "Text",
    "wire": "camera.video->caption.video",
}
"""What people would see under these names; None where the shape says it better."""
_DOCUMENT = {
    "api_version": 1,
    "name": "Hello",
    "nodes": {
        "camera": {"component": "test_source@1.0.0"},
        "caption": {"component": "overlay@1.0.0", "parameters": {"text": "Good evening"}},
        "file": {"component": "recorder@1.0.0"},
    },
    "wires": ["camera.video -> caption.video", "caption.video -> file.video"],
    "layout": {"camera": {"x": 0, "y": 0}, "caption": {"x": 320, "y": 0}, "file": {"x": 640, "y": 0}},
}
_WHOLE: dict[str, Any] = {
    "Document": _DOCUMENT,
    "LiveParameters": {"parameters": {"text": "Good evening"}},
    "NewPipeline": {"name": "Hello", "document": _DOCUMENT},
}
"""Shapes whose parts only make sense together."""


def example_of(schema: Schema, shapes: Mapping[str, Schema], *, name: str = "", deep: int = 0) -> Any:
    """Something that the schema allows, as people would meet it.

    Args:
        schema: JSON Schema, with references to shapes.
        shapes: by name.
        name: of the property, by which a text is chosen.
        deep: how many shapes it is within.
    """
    given = schema.get("example", (schema.get("examples") or [None])[0])
    if given is not None:
        return given
    if "$ref" in schema:
        return _example_of_shape(schema["$ref"].rpartition("/")[2], shapes, name, deep)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            choices = [each for each in schema[word] if each.get("type") != "null"]
            return example_of(choices[0], shapes, name=name, deep=deep) if choices else None
    return _example_of_type(schema, shapes, name, deep)


def _example_of_shape(shape: str, shapes: Mapping[str, Schema], name: str, deep: int) -> Any:
    if shape in _WHOLE:
        return _WHOLE[shape]
    return example_of(shapes[shape], shapes, name=name, deep=deep + 1) if deep < MOST_DEEP else {}


def _example_of_type(schema: Schema, shapes: Mapping[str, Schema], name: str, deep: int) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            found = {key: example_of(each, shapes, name=key, deep=deep) for key, each in properties.items()}
            others = schema.get("additionalProperties")
            named = isinstance(others, Mapping) and not properties
            return {"caption": example_of(others, shapes, name="", deep=deep)} if named and others else found
        case "array":
            items = example_of(schema.get("items", {}), shapes, name=name.removesuffix("s"), deep=deep)
            return [items] * max(1, schema.get("minItems", 1))
        case "string":
            return _example_of_text(schema, name)
        case "integer":
            return _WORDS.get(name) or schema.get("default") or max(schema.get("minimum", 1), 1)
        case "number":
            return schema.get("default") or schema.get("minimum", 1.5)
        case "boolean":
            return schema.get("default", True)
        case _:
            return schema.get("default")


def _example_of_text(schema: Schema, name: str) -> str:
    if schema.get("format") == "date-time" or name.endswith("_at"):
        return _MOMENT
    if schema.get("format") == "date":
        return _MOMENT[:10]
    known = _WORDS.get(name)
    text = known if isinstance(known, str) else str(schema.get("default") or name.replace("_", " ") or "text")
    pattern = schema.get("pattern")
    if pattern and not re.search(pattern, text):
        text = re.sub(r"[^a-z0-9_]", "_", text.lower())
    return text[: schema.get("maxLength", len(text))]
