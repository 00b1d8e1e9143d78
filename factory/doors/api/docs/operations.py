"""What the page says of each operation: what goes in, what comes out, and a command to try it with."""

import dataclasses
import json
import shlex
from collections.abc import Mapping
from typing import Any

from factory.doors.api.docs.shapes import Field, field_of, kind_of, shape_of

_PLACES = {"path": "address", "query": "query", "header": "header"}
_METHODS = ("get", "post", "put", "patch", "delete")
_SAMPLE = {
    "team": "studio",
    "slug": "hello",
    "run": "ab2cd3ef4gh5",
    "node": "caption",
    "number": "3",
    "name": "overlay",
}


@dataclasses.dataclass(frozen=True)
class Body:
    """What is sent or answered: its media type, its kind in words, its shape where it is one, and an example."""

    media_type: str
    kind: str
    shape: str
    example: str


@dataclasses.dataclass(frozen=True)
class Answer:
    """One status that may come."""

    status: str
    told: str
    body: Body | None


@dataclasses.dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    title: str
    told: str
    parameters: tuple[Field, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    command: str
    is_open: bool

    @property
    def sought(self) -> str:
        """What the search box looks in."""
        return f"{self.method} {self.path} {self.title} {self.told}".lower()


@dataclasses.dataclass(frozen=True)
class Resource:
    """Operations about one thing."""

    name: str
    told: str
    operations: tuple[Operation, ...]


def resources_of(described: Mapping[str, Any], site: str) -> list[Resource]:
    """Every resource with its operations, in the order of the description.

    Args:
        described: OpenAPI 3.1.
        site: under which the commands ask.
    """
    found: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method in sorted(methods, key=_METHODS.index):
            operation = methods[method]
            found.setdefault(operation["tags"][0], []).append(_operation_of(method, path, operation, site))
    return [Resource(tag["name"], tag["description"], tuple(found[tag["name"]])) for tag in described["tags"]]


def _operation_of(method: str, path: str, operation: Mapping[str, Any], site: str) -> Operation:
    body = _body_of(operation.get("requestBody", {}))
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["operationId"].replace("_", " ").capitalize(),
        told=operation.get("description", ""),
        parameters=tuple(
            field_of(
                each["name"],
                each["schema"],
                required=each.get("required", False),
                told=each.get("description", ""),
                place=_PLACES[each["in"]],
            )
            for each in operation.get("parameters", ())
        ),
        body=body,
        answers=tuple(
            Answer(status, answer.get("description", ""), _body_of(answer))
            for status, answer in sorted(operation["responses"].items())
            if status not in ("default", "429")
        ),
        command=_command_for(method, path, operation, body, site),
        is_open="security" not in operation,
    )


def _body_of(told: Mapping[str, Any]) -> Body | None:
    for media_type, content in told.get("content", {}).items():
        schema = content.get("schema", {})
        example = content.get("example")
        text = json.dumps(example, indent=2, ensure_ascii=False) if example is not None else ""
        return Body(media_type, kind_of(schema), shape_of(schema), text)
    return None


def _command_for(method: str, path: str, operation: Mapping[str, Any], body: Body | None, site: str) -> str:
    """With curl, for a shell; the token stands in $TOKEN."""
    address = site + path
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        address = address.replace(f"{{{name}}}", str(parameter.get("example", _SAMPLE.get(name, name.upper()))))
    lines = [f"curl {shlex.quote(address)}"]
    if method != "get" and not (method == "post" and body is not None):
        lines[0] = f"curl -X {method.upper()} {shlex.quote(address)}"
    if operation.get("security"):
        lines.append('-H "Authorization: Bearer $TOKEN"')
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    if "If-Match" in names:
        lines.append("""-H 'If-Match: "2"'""")
    if "Idempotency-Key" in names:
        lines.append('-H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)"')
    if body is not None:
        lines.append(f"-H 'Content-Type: {body.media_type}'")
        lines.append(f"-d {shlex.quote(body.example)}" if body.example else "--data-binary @FILE")
    return " \\\n  ".join(lines)
