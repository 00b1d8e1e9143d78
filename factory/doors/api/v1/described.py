"""Describes in OpenAPI 3.1 what the framework cannot read off a function: bodies and answers that are no JSON."""

from typing import Any

from factory.doors.api.v1.bodies import YAML

_DOCUMENT = {"$ref": "#/components/schemas/Document"}
"""What a `pipeline.yaml` says; a description's shapes are of what a text means (RFC 9512)."""


def file_of(media_type: str, *, description: str = "The file.", also: dict[int, str] | None = None) -> dict[str, Any]:
    """An answer that is a file or a text, and what other statuses than 200 mean."""
    content = {media_type: {"schema": _DOCUMENT if media_type == YAML else {"type": "string"}}}
    others = {status: {"description": meaning} for status, meaning in (also or {}).items()}
    return {"responses": {200: {"description": description, "content": content}, **others}}


def yaml_body() -> dict[str, Any]:
    """A body that is a `pipeline.yaml`."""
    return {"requestBody": {"required": True, "content": {YAML: {"schema": _DOCUMENT}}}}


def if_match() -> dict[str, Any]:
    """The header without which nothing is overwritten."""
    description = 'the ETag of what was changed, such as "7"'
    header = {"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}}
    return {"parameters": [header | {"description": description}]}
