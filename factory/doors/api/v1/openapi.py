"""The description of the API in OpenAPI 3.1: what the framework reads off the code, and how errors are said."""

import functools
import json
import re
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation
from pydantic.json_schema import models_json_schema

from factory.doors.api.v1.bodies import JSON
from factory.doors.api.v1.openapi_examples import example_of
from factory.doors.api.v1.openapi_headers import describe_headers
from factory.doors.api.v1.refusals import MEDIA_TYPE
from factory.doors.api.v1.shapes.problems import ProblemDetails

PREFIX = "api/v1/"
_REFERENCE = "#/components/schemas/{model}"
_ERROR = {
    "description": "Why there is no other answer.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ProblemDetails")}}},
}


class OperationNames(NinjaAPI):
    """Calls operations by the names of their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


@functools.cache
def description_of(api: NinjaAPI) -> str:
    """The description as JSON, the same text for the same code."""
    described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    _, shapes = models_json_schema([(ProblemDetails, "serialization")], ref_template=_REFERENCE)
    described["components"]["schemas"] |= shapes["$defs"]
    _require_filled_in(described["components"]["schemas"], "Component")
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = dict(_ERROR)
    describe_headers(described, _slugs_of(api))
    _give_examples(described)
    return json.dumps(described, indent=2, sort_keys=True) + "\n"


def _slugs_of(api: NinjaAPI) -> dict[str, frozenset[str]]:
    """By path, which of its places hold a slug; the framework calls all of them text."""
    found = {}
    for pattern in api.urls[0]:
        route = str(pattern.pattern)
        path = f"/{PREFIX}" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        found[path] = frozenset(re.findall(r"<slug:(\w+)>", route))
    return found


def _give_examples(described: dict[str, Any]) -> None:
    """One of every body in JSON, taken or given."""
    shapes = described["components"]["schemas"]
    for operations in described["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            contents = [content for body in bodies for kind, content in body.get("content", {}).items() if kind == JSON]
            for content in contents:
                content["example"] = example_of(content["schema"], shapes)


def _require_filled_in(shapes: dict[str, Any], name: str) -> None:
    """Say of a shape, and of all within it, that nothing is left out: it is only ever answered, with its defaults."""
    waiting, done = [name], set[str]()
    while waiting:
        shape = shapes[current := waiting.pop()]
        done.add(current)
        if "properties" in shape:
            shape["required"] = list(shape["properties"])
        within = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(shape))
        waiting += [each for each in within if each not in done]
