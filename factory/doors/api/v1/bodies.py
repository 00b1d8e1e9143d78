"""Reads what clients send: JSON or YAML, of bounded size, in UTF-8, as what they say it is."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from factory.doors.api.v1.refusals import Refusal

MAX_BODY_BYTES = 1024 * 1024
JSON = "application/json"
YAML = "application/yaml"
"""RFC 9512."""
_YAML_TYPES = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")


class JsonParser(Parser):
    """What the framework reads bodies with."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request)


def read_json(request: HttpRequest) -> Any:
    """The body as plain values (RFC 8259).

    Raises:
        Refusal: 415 for another media type, 400 for what is no JSON.
    """
    _require_type(request, (JSON,), "Send JSON with Content-Type: application/json.")
    try:
        return json.loads(_text_of(request), parse_constant=_refuse_constant, object_pairs_hook=_refuse_doubles)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "api:user:not-json", f"The body is not JSON ({error}); mend it.") from None


def read_yaml_text(request: HttpRequest) -> str:
    """The body as text; whether it is YAML is for its reader to say.

    Raises:
        Refusal: 415 for another media type, 400 for what is not UTF-8.
    """
    _require_type(request, _YAML_TYPES, "Send the file's text with Content-Type: application/yaml.")
    return _text_of(request)


def _require_type(request: HttpRequest, types: tuple[str, ...], title: str) -> None:
    if (request.content_type or "").lower() not in types:
        raise Refusal(415, "api:user:media-type", title, headers={"Accept": ", ".join(types)})


def _text_of(request: HttpRequest) -> str:
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, "api:user:not-utf8", "The body is not UTF-8; send it in UTF-8.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
