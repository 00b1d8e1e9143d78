"""Version 1 as a whole: which resources it has, who may come in, how errors are said."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from factory.doors.api.v1 import (
    artifacts,
    audit,
    billing,
    components,
    documents,
    endpoints,
    installations,
    marketplace,
    pipeline_files,
    pipelines,
    run_logs,
    runs,
    secrets,
    teams,
    tokens,
    usage,
    versions,
)
from factory.doors.api.v1.access import Session, Token
from factory.doors.api.v1.bodies import JsonParser
from factory.doors.api.v1.errors import add_handlers
from factory.doors.api.v1.openapi import OperationNames, description_of

api = OperationNames(
    title="Media Pipeline Factory",
    version="1",
    description="Everything that the pages do. Errors are problem details (RFC 9457); lists come in pages.",
    auth=[Token(), Session()],
    parser=JsonParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)
# An address is looked for in this order, and a slug fits where a word stands.
for _resource in (
    components,
    documents,
    teams,
    tokens,
    audit,
    secrets,
    marketplace,
    installations,
    usage,
    billing,
    pipeline_files,
    pipelines,
    versions,
    endpoints,
    runs,
    run_logs,
    artifacts,
):
    api.add_router("", _resource.router)
add_handlers(api)


def caller_of(request: HttpRequest) -> Any:
    """Who asks: a person or a token; None where nobody the API knows does.

    Raises:
        Refusal: the CSRF header is missing or wrong.
    """
    ways = api.auth if isinstance(api.auth, list) else [api.auth]
    return next((found for way in ways if callable(way) and (found := way(request))), None)


@api.get("/openapi.json", auth=None, include_in_schema=False)
def show_openapi(request: HttpRequest) -> HttpResponse:
    """This API's description, for programs."""
    return HttpResponse(description_of(api), content_type="application/json")
