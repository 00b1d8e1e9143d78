"""Addresses of the API; what is at none of them is answered in the same words as what is not yours."""

from django.urls import URLPattern, URLResolver, path, re_path

from factory.doors.api.v1.guard import answer_unknown, guard
from factory.doors.api.v1.resources import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = guard(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", (_patterns, _app, _namespace)),
    re_path(r"^api/", guard(answer_unknown)),
]
