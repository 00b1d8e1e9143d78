"""Reads what a client sent, within bounds, before anything else is done for it."""

import hashlib
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from factory.domain.pipelines.token_checks import keeps, may_be_token, opens
from factory.doors.signalling.answers import Refusal
from factory.doors.signalling.database import ask_database
from factory.foundation import clock


async def require_token(request: HttpRequest, endpoint: str) -> None:
    """Who begins a session: a token that holds, or a pass that has not ended (RFC 6750, 2.1).

    Raises:
        Refusal: 401, or 503 where the database does not answer.
    """
    await _require(request, endpoint, opens)


async def require_own_token(request: HttpRequest, endpoint: str) -> None:
    """Who goes on with a session knows its address, which cannot be guessed; a token that ended will do for that.

    Raises:
        Refusal: as `require_token`.
    """
    await _require(request, endpoint, keeps)


async def _require(request: HttpRequest, endpoint: str, suits: Callable[..., bool]) -> None:
    """Nothing is looked up for what cannot be a token: a stranger learns nothing and costs nothing."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token, now = given.strip(), clock.now()
    refusal = Refusal(
        401, "Send a token of the endpoint as Authorization: Bearer", headers={"WWW-Authenticate": "Bearer"}
    )
    if scheme.lower() != "bearer" or not may_be_token(token):
        raise refusal
    if not await ask_database(suits, endpoint=endpoint, token=token, now=now):
        raise refusal


def read_text(request: HttpRequest, *, media_type: str, most_bytes: int, what: str, accept: str) -> str:
    """The body as text.

    Args:
        media_type: the only one that is taken, parameters aside.
        most_bytes: a bound, looked at before the body is.
        what: for people, as "An offer".
        accept: the header that names the media type, `Accept-Post` or `Accept-Patch`.

    Raises:
        Refusal: 415, 413 or 400.
    """
    if (request.content_type or "").lower() != media_type:
        raise Refusal(415, f"{what} has to come as {media_type}", headers={accept: media_type})
    too_large = Refusal(413, f"{what} may have at most {most_bytes} bytes")
    stated = request.headers.get("Content-Length", "")
    if stated.isdecimal() and int(stated) > most_bytes:
        raise too_large
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    if len(body) > most_bytes:
        raise too_large
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, f"{what} has to be UTF-8") from None


def entity_tag(session: str) -> str:
    """The strong entity-tag of a session's only ICE session, since there are no restarts (RFC 9725, 4.3.1)."""
    return f'"{hashlib.sha256(session.encode()).hexdigest()[:16]}"'


def require_entity_tag(request: HttpRequest, session: str) -> None:
    """Whether the client speaks of the ICE session that there is; `*` is the form of a restart, left to the gateway.

    Raises:
        Refusal: 428 where it does not say (RFC 6585, 3), 412 where it speaks of another (RFC 9110, 13.1.1).
    """
    stated = [tag.strip() for tag in request.headers.get("If-Match", "").split(",") if tag.strip()]
    if not stated:
        raise Refusal(428, "Send the ETag of the answer as If-Match")
    if "*" not in stated and entity_tag(session) not in stated:
        raise Refusal(412, "This session has another ETag; send the one that came with the answer")
