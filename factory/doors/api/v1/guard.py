"""Stands around every view: bounds what comes in, and gives what the framework refuses our form."""

import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from factory.doors.api.v1.bodies import MAX_BODY_BYTES
from factory.doors.api.v1.refusals import Refusal, not_found, respond

View = Callable[..., HttpResponseBase]
_WITH_BODY = ("POST", "PUT", "PATCH")


def guard(view: View) -> View:
    """The view, for requests that are fit to be looked at; its answers are kept by nobody unless they say so."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        try:
            if "\0" in request.path:
                # PostgreSQL cannot even be asked for it.
                raise Http404
            _refuse_unfit_bodies(request)
            response = _answer(view, request, *arguments, **named)
        except Http404:
            response = respond(not_found())
        except Refusal as refusal:
            response = respond(refusal)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return guarded


@csrf_exempt
def answer_unknown(request: HttpRequest) -> HttpResponse:
    """There is nothing at this address."""
    return respond(not_found())


def _answer(view: View, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
    head = request.method == "HEAD"
    if head:
        request.method = "GET"
    response = view(request, *arguments, **named)
    if isinstance(response, HttpResponseNotAllowed):
        allowed = response.headers["Allow"]
        title = f"{request.method} is not possible here; use {allowed}."
        response = respond(Refusal(405, "api:user:method", title, headers={"Allow": allowed}))
    if not head:
        return response
    # RFC 9110, 9.3.2: as for GET, without the content.
    request.method = "HEAD"
    response.close()
    return HttpResponse(status=response.status_code, headers=dict(response.headers))


def _refuse_unfit_bodies(request: HttpRequest) -> None:
    """Read the body, so that no later reader has to bound it.

    Raises:
        Refusal: there is too much of it, nobody says how much, or it breaks off.
    """
    if request.method not in _WITH_BODY:
        return
    if "Content-Length" not in request.headers and "Transfer-Encoding" in request.headers:
        raise Refusal(411, "api:user:length", "Say how long the body is, with Content-Length.")
    title = f"A body may have at most {MAX_BODY_BYTES} bytes; send less."
    too_large = Refusal(413, "api:user:too-large", title, limit=MAX_BODY_BYTES)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise too_large
    try:
        if len(request.body) > MAX_BODY_BYTES:
            raise too_large
    except RequestDataTooBig:
        raise too_large from None
    except UnreadablePostError:
        raise Refusal(400, "api:user:broken-off", "The body broke off; send it again.") from None
