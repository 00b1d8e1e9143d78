"""Gives every request an id that its log lines and its answer carry, and logs one line when it is answered."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from factory.doors.monitoring.either_way import EitherWay
from factory.foundation.ids import new_id
from factory.foundation.log_lines import about

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines."""
_PLACES = {"team": "team", "slug": "pipeline", "run": "run", "endpoint": "endpoint"}
"""What is told of an address, by the names of its places."""
_log = logging.getLogger("factory.access")


class AccessLines(EitherWay):
    """The outermost middleware but that which counts; for asynchronous and other views alike."""

    def _pass(self, request: HttpRequest) -> HttpResponseBase:
        began, number = time.monotonic(), request_id(request)
        before = about.set(lambda: what_of(request, number))
        try:
            response = self._get_response(request)
            return _tell(request, response, number, began)
        finally:
            about.reset(before)

    async def _await(self, request: HttpRequest) -> HttpResponseBase:
        began, number = time.monotonic(), request_id(request)
        before = about.set(lambda: what_of(request, number))
        try:
            response: HttpResponseBase = await self._get_response(request)  # type: ignore[misc]
            return _tell(request, response, number, began)
        finally:
            about.reset(before)


def request_id(request: HttpRequest) -> str:
    """That of a proxy of ours, where it is well-formed; else a new one. Strangers choose none."""
    said = request.headers.get(HEADER, "") if settings.FACTORY_TRUSTED_PROXIES else ""
    return said if _WELL_FORMED.fullmatch(said) else new_id(16)


def what_of(request: HttpRequest, number: str) -> Mapping[str, Any]:
    """Who asks and what the address names, as far as it is known by now. Asks neither session nor database."""
    known: dict[str, Any] = {"request_id": number}
    user: Any = getattr(request, "_cached_user", None) or getattr(request, "_acached_user", None)
    token: Any = getattr(request, "auth", None)
    if hasattr(token, "prefix"):
        known["token"] = token.prefix
        known["person"] = token.user_id
    elif getattr(user, "pk", None) is not None:
        known["person"] = user.pk
    match = request.resolver_match
    if match is not None:
        known |= {name: str(match.kwargs[place]) for place, name in _PLACES.items() if place in match.kwargs}
    return known


def _tell(request: HttpRequest, response: HttpResponseBase, number: str, began: float) -> HttpResponseBase:
    response[HEADER] = number
    level = logging.DEBUG if request.path in _QUIET else logging.INFO
    if _log.isEnabledFor(level):
        match = request.resolver_match
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        # Without what follows the question mark: it may hold anything, and says little.
        words = f"{request.method} {request.path} {response.status_code} {milliseconds} ms"
        facts = {
            "method": request.method,
            "path": request.path,
            "route": match.route if match is not None else "",
            "status": response.status_code,
            "milliseconds": milliseconds,
            "address": request.META.get("REMOTE_ADDR", ""),
        }
        _log.log(level, words, extra=facts)
    return response
