"""Counts how long requests take, by the name of their route: names are few, addresses would be endless."""

import time
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Histogram

_DURATIONS = Histogram(
    "factory_request_duration_seconds",
    "From the first look at a request to the start of its answer",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestTimes:
    """The outermost middleware, for asynchronous and other views alike."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._is_asynchronous = iscoroutinefunction(get_response)
        if self._is_asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._is_asynchronous:
            return self._await(request)  # type: ignore[return-value]
        began = time.monotonic()
        response = self._get_response(request)
        _count(request, response, time.monotonic() - began)
        return response

    async def _await(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response: HttpResponseBase = await self._get_response(request)  # type: ignore[misc]
        _count(request, response, time.monotonic() - began)
        return response


def _count(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    route = match.view_name or match.route if match is not None else ""
    method = request.method if request.method in _METHODS else "other"
    _DURATIONS.labels(method, route or "none", f"{response.status_code // 100}xx").observe(seconds)
