"""Describes what every request may carry and every answer carries, beside what each operation says of itself."""

from typing import Any

from factory.doors.api.v1.idempotency import HEADER, READING
from factory.doors.api.v1.refusals import MEDIA_TYPE

TAGS = {
    "audit": "Who did what in a team, and when.",
    "billing": "Credit, the cap of a month, and the ledger behind them.",
    "components": "What nodes are made of.",
    "documents": "Pipelines as text, without keeping them.",
    "endpoints": "Addresses of gateways, and who may use them.",
    "installations": "Components that are taken in from an archive or a folder.",
    "marketplace": "Every component that can be used, with what it takes and costs.",
    "pipelines": "A team's pipelines and their drafts.",
    "runs": "Executions of a pipeline, with their nodes, logs and files.",
    "secrets": "Names of what components are given in confidence; values only go in.",
    "teams": "Teams, their members, and who is asked to become one.",
    "tokens": "What programs come in with.",
    "usage": "What ran for how long, and what it cost.",
    "versions": "A pipeline's immutable versions, and what differs between them.",
}
"""What each resource is about, in the order of its name."""

_SCHEMES = {
    "Session": "The cookie of a browser that is signed in; whatever changes something also needs X-CSRFToken.",
    "Bearer": "A token of a team, made on its page Tokens or with the API: Authorization: Bearer <token>.",
}
_LIMITS = {
    "RateLimit": ('"caller";r=1199;t=1', "what is left of each policy, and seconds until it is whole again"),
    "RateLimit-Policy": ('"caller";q=1200;w=60', "the policies that count: requests in so many seconds"),
}
_KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "a name of this request, such as a new UUID: what comes again is answered as before, and made once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!#-~]+$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}
_REPLAYED = {
    "description": "true where this is the answer to an earlier request of the same key",
    "schema": {"type": "string", "enum": ["true"]},
}
_ETAG = frozenset(
    {"import_pipeline", "make_copy", "make_pipeline", "restore_version", "save_pipeline", "show_pipeline"}
)
_SLUG = "^[-a-zA-Z0-9_]+$"


def describe_headers(described: dict[str, Any], slugs: dict[str, frozenset[str]]) -> None:
    """Add them to a description, in place.

    Args:
        described: as the framework made it.
        slugs: which places of a path hold letters, digits, - and _ alone.
    """
    components = described["components"]
    components["headers"] = {name: _header(example, told) for name, (example, told) in _LIMITS.items()}
    for name, scheme in components.get("securitySchemes", {}).items():
        scheme["description"] = _SCHEMES.get(name, scheme.get("description", ""))
    used = {tag for path in described["paths"].values() for each in path.values() for tag in each.get("tags", ())}
    described["tags"] = [{"name": tag, "description": TAGS.get(tag, "")} for tag in sorted(used)]
    described["servers"] = [{"url": "/"}]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            _describe(operation, method, path, slugs.get(path, frozenset()))


def _describe(operation: dict[str, Any], method: str, path: str, slugs: frozenset[str]) -> None:
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["in"] == "path" and parameter["name"] in slugs:
            parameter["schema"]["pattern"] = _SLUG
    makes = method == "post" and not path.endswith(READING)
    if makes:
        parameters.append(_KEY)
    for status, response in operation["responses"].items():
        headers = response.setdefault("headers", {})
        headers |= {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
        if makes and status.startswith("2"):
            headers["Idempotent-Replayed"] = _REPLAYED
        if status.startswith("2") and operation["operationId"] in _ETAG:
            headers["ETag"] = {"description": "the revision, for If-Match", "schema": {"type": "string"}}
        if status == "201":
            headers["Location"] = {"description": "the address of what was made", "schema": {"type": "string"}}
    operation["responses"]["429"] = {
        "description": "Too many requests; wait as long as Retry-After says.",
        "headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer", "minimum": 1}}},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }


def _header(example: str, told: str) -> dict[str, Any]:
    return {"description": told, "schema": {"type": "string"}, "example": example}
