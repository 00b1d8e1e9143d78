"""Counts how long requests take, by the name of their route: names are few, addresses would be endless."""

import time

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Histogram

from factory.doors.monitoring.either_way import EitherWay

_DURATIONS = Histogram(
    "factory_request_duration_seconds",
    "From the first look at a request to the start of its answer",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestTimes(EitherWay):
    """The outermost middleware, for asynchronous and other views alike."""

    def _pass(self, request: HttpRequest) -> HttpResponseBase:
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
