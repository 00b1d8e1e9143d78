"""Answers a request that came before as it was answered then (draft-ietf-httpapi-idempotency-key-header-07).

A client names what it sends with `Idempotency-Key`; where it never heard the answer it sends the same again, and
nothing is made twice. Works with any number of web processes: who may answer is decided by one row of the database.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import ApiToken, User
from factory.domain.answers.services import (
    AnotherRequest,
    AnswerGone,
    AnswerUnderWay,
    Asked,
    Turn,
    begin,
    give_up,
    keep,
)
from factory.doors.api.v1.refusals import Refusal
from factory.foundation import clock

View = Callable[..., HttpResponseBase]
Authenticate = Callable[[HttpRequest], Any]
HEADER = "Idempotency-Key"
READING = ("/documents/parse", "/documents/print")
"""Ends of addresses that are asked with POST and make nothing."""
MAX_BYTES = 2 * 1024 * 1024
"""Of an answer that is kept; every answer to a POST is far smaller."""
_KEY = re.compile(r'(?P<quote>"?)(?P<key>[!#-~]{1,200})(?P=quote)')
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Link", "Retry-After", "Content-Disposition")
_STATUS = {AnotherRequest: 422, AnswerUnderWay: 409, AnswerGone: 409}


def answer_once(view: View, *, authenticate: Authenticate) -> View:
    """The view, asked once for each request that names itself.

    Args:
        view: of the API.
        authenticate: who asks, as the view itself finds out; None for nobody.
    """

    @functools.wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        given = request.headers.get(HEADER)
        if request.method != "POST" or given is None or request.path.endswith(READING):
            return view(request, *arguments, **named)
        key = _key_of(given)
        caller = authenticate(request)
        if caller is None or not _is_in_team(caller, named.get("team")):
            return view(request, *arguments, **named)
        turn = _begin(request, caller, key)
        if not isinstance(turn, Turn):
            return _repeat(turn)
        return _answer(turn, view, request, *arguments, **named)

    return answered


def _key_of(given: str) -> str:
    """A quoted string by the draft (RFC 8941, 3.3.3); one without quotes is taken as most clients send it.

    Raises:
        Refusal: 400, it is none.
    """
    match = _KEY.fullmatch(given.strip())
    if match is None:
        title = f"{HEADER} is 1 to 200 visible ASCII characters; send a new UUID for each new thing."
        raise Refusal(400, "api:user:idempotency-key", title)
    return match["key"]


def _is_in_team(caller: Any, team: object) -> bool:
    """Whether they would still get past the team's door: what they once were told is not repeated to strangers."""
    if team is None:
        return True
    token = caller if isinstance(caller, ApiToken) else None
    user = token.user if token is not None else caller
    return isinstance(user, User) and membership_of(user=user, slug=str(team), token=token) is not None


def _begin(request: HttpRequest, caller: Any, key: str) -> Turn | dict[str, Any]:
    """Take the turn, or find what was answered.

    Raises:
        Refusal: 422 for another body, 409 while it is being answered.
    """
    content = hashlib.sha256(f"{request.content_type}\n".encode() + request.body)
    asked = Asked(
        caller=f"{type(caller).__name__.lower()}:{caller.pk}",
        route=f"{request.method} {request.get_full_path()}",
        name=key,
        fingerprint=content.hexdigest(),
    )
    try:
        return begin(asked=asked, now=clock.now())
    except (AnotherRequest, AnswerUnderWay, AnswerGone) as error:
        headers = {"Retry-After": "1"} if isinstance(error, AnswerUnderWay) else {}
        raise Refusal(_STATUS[type(error)], error.id, error.message, headers=headers) from None


def _answer(turn: Turn, view: View, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
    is_kept = False
    try:
        response = view(request, *arguments, **named)
        if _is_worth_keeping(response):
            keep(turn=turn, answer=_value_of(response), now=clock.now())
            is_kept = True
        return response
    finally:
        if not is_kept:
            give_up(turn=turn)


def _is_worth_keeping(response: HttpResponseBase) -> bool:
    """What made something, and what may have: a refusal made nothing, so the same may be asked anew."""
    return response.status_code < 400 or response.status_code == 500


def _value_of(response: HttpResponseBase) -> dict[str, Any]:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    content = response.content if isinstance(response, HttpResponse) else b""
    if len(content) > MAX_BYTES:
        content = b""
    return {
        "status": response.status_code,
        "headers": headers,
        "content": base64.b64encode(content).decode(),
    }


def _repeat(answer: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(base64.b64decode(answer["content"]), status=answer["status"], headers=answer["headers"])
    response["Idempotent-Replayed"] = "true"
    return response
