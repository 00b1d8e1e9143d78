"""Addresses of the API; what is at none of them is answered in the same words as what is not yours."""

from django.urls import URLPattern, URLResolver, path, re_path

from factory.doors.api.docs.page import show_docs
from factory.doors.api.rate_limits import limit_rate
from factory.doors.api.v1.guard import answer_unknown, guard
from factory.doors.api.v1.idempotency import answer_once
from factory.doors.api.v1.resources import api, caller_of

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = limit_rate(guard(answer_once(_pattern.callback, authenticate=caller_of)))

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/docs", limit_rate(show_docs), name="api-docs"),
    path("api/v1/", (_patterns, _app, _namespace)),
    re_path(r"^api/", limit_rate(guard(answer_unknown))),
]
