"""What WHIP and WHEP share: offers at an endpoint, and what follows at a session. No media and no SDP is read here.

A client proves itself first; then the request is read, then the gateway looked up, then asked, at most once.
"""

import collections
import math
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from factory.domain.pipelines.models import EndpointKind
from factory.doors.signalling.answers import FRAGMENT, RETRY_SECONDS, SDP, Refusal, answer, answer_options
from factory.doors.signalling.gateways import Gateway, find_gateway, find_ready_gateway, require_endpoint
from factory.doors.signalling.rate_limit import RateLimit
from factory.doors.signalling.reading import entity_tag, read_text, require_entity_tag, require_own_token, require_token
from factory.orchestration.agent_link import AgentLink, Answer

MAX_OFFER_BYTES = 64 * 1024
MAX_FRAGMENT_BYTES = 16 * 1024
MOST_ON_THEIR_WAY = 256
MOST_OF_A_TEAM = 64
"""Of these: a gateway is what its team makes it, and one that never answers must not shut the door to all others."""
LINK = AgentLink(most_in_flight=MOST_ON_THEIR_WAY)
OFFERS = RateLimit(per_second=10, burst=20)
CHANGES = RateLimit(per_second=100, burst=200)
"""Of all sessions of an endpoint: its viewers share it."""
_AT_ENDPOINT = ("GET", "HEAD", "POST", "OPTIONS")
_AT_SESSION = ("GET", "HEAD", "PATCH", "DELETE", "OPTIONS")
_under_way: collections.Counter[int] = collections.Counter()
_TAKES_OFFERS = {"Accept-Post": SDP}
_TAKES_FRAGMENTS = {"Accept-Patch": FRAGMENT}
_PASSED_ON = frozenset((400, 404, 406, 409, 413, 415, 422, 429, 503, 504))
_LONGEST_RETRY_SECONDS = 60
_SESSION = re.compile(r"[-a-zA-Z0-9_]+")
"""What fits into an address."""


async def at_endpoint(request: HttpRequest, kind: EndpointKind, endpoint: str) -> HttpResponse:
    """`POST` makes a session; `GET` and `HEAD` tell that the endpoint is there; `OPTIONS` tells what it takes."""
    if request.method == "OPTIONS":
        return answer_options(_AT_ENDPOINT, takes=_TAKES_OFFERS)
    try:
        _require_method(request, _AT_ENDPOINT)
        _require_tls(request)
        await require_token(request, endpoint)
        if request.method == "POST":
            return await _make_session(request, kind, endpoint)
        await require_endpoint(endpoint, kind)
        return answer(204, headers={**_TAKES_OFFERS, "Content-Type": SDP})
    except Refusal as refusal:
        return refusal.response()


async def at_session(request: HttpRequest, kind: EndpointKind, endpoint: str, session: str) -> HttpResponse:
    """`PATCH` adds candidates (trickle ICE), `DELETE` ends the session."""
    if request.method == "OPTIONS":
        return answer_options(_AT_SESSION, takes=_TAKES_FRAGMENTS)
    try:
        _require_method(request, _AT_SESSION)
        _require_tls(request)
        await require_own_token(request, endpoint)
        match request.method:
            case "PATCH":
                return await _change_session(request, kind, endpoint, session)
            case "DELETE":
                return await _end_session(kind, endpoint, session)
        await require_endpoint(endpoint, kind)
        return answer(204, headers=_TAKES_FRAGMENTS)
    except Refusal as refusal:
        return refusal.response()


async def _make_session(request: HttpRequest, kind: EndpointKind, endpoint: str) -> HttpResponse:
    _require_leisure(OFFERS, kind, endpoint)
    offer = read_text(request, media_type=SDP, most_bytes=MAX_OFFER_BYTES, what="An offer", accept="Accept-Post")
    gateway = await find_ready_gateway(endpoint, kind)
    given = await _ask(gateway, f"{kind}-offer", {"sdp": offer})
    text, session = given.body.get("sdp"), given.body.get("session")
    if given.status != 201:
        raise _refused(given)
    if not isinstance(text, str) or not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise Refusal(502, "The gateway's answer is incomplete")
    headers = {
        "Location": reverse(f"{kind}-session", kwargs={"endpoint": endpoint, "session": session}),
        "ETag": entity_tag(session),
    }
    if settings.FACTORY_ICE_SERVERS:
        headers["Link"] = ", ".join(f'<{url}>; rel="ice-server"' for url in settings.FACTORY_ICE_SERVERS)
    return answer(201, text, content_type=SDP, headers=headers)


async def _change_session(request: HttpRequest, kind: EndpointKind, endpoint: str, session: str) -> HttpResponse:
    _require_leisure(CHANGES, kind, endpoint)
    fragment = read_text(
        request, media_type=FRAGMENT, most_bytes=MAX_FRAGMENT_BYTES, what="A fragment", accept="Accept-Patch"
    )
    require_entity_tag(request, session)
    gateway = await find_gateway(endpoint, kind)
    given = await _ask(gateway, f"{kind}-trickle", {"session": session, "fragment": fragment})
    if given.status != 204:
        raise _refused(given)
    return answer(204)


async def _end_session(kind: EndpointKind, endpoint: str, session: str) -> HttpResponse:
    """Whatever `If-Match` says: the end of a session concerns no ICE session (RFC 9725, 4.3.1)."""
    _require_leisure(CHANGES, kind, endpoint)
    gateway = await find_gateway(endpoint, kind)
    given = await _ask(gateway, f"{kind}-delete", {"session": session})
    if given.status != 200:
        raise _refused(given)
    return answer(200)


async def _ask(gateway: Gateway, kind: str, body: dict[str, str]) -> Answer:
    team = gateway.team_id
    if _under_way[team] >= MOST_OF_A_TEAM:
        return Answer(503, {"reason": "Too many requests to gateways of this team wait; try again in a moment"})
    _under_way[team] += 1
    try:
        return await LINK.ask(host=gateway.host, run_id=gateway.run_id, node=gateway.node, kind=kind, body=body)
    finally:
        _under_way[team] -= 1
        if not _under_way[team]:
            del _under_way[team]


def _require_method(request: HttpRequest, allowed: tuple[str, ...]) -> None:
    if request.method not in allowed:
        methods = ", ".join(allowed)
        raise Refusal(405, f"Only {methods} are possible here", headers={"Allow": methods})


def _require_tls(request: HttpRequest) -> None:
    """Where the site is over TLS alone; 307 keeps method and body, 301 and 302 would not (RFC 9725, 4.5)."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        address = f"https://{request.get_host()}{request.get_full_path()}"
        raise Refusal(307, "Come over TLS", headers={"Location": address})


def _require_leisure(limit: RateLimit, kind: EndpointKind, endpoint: str) -> None:
    """Behind the token, so that no stranger uses up what others may ask, nor our memory."""
    seconds = limit.wait_for(f"{kind}/{endpoint}")
    if seconds:
        retry_seconds = math.ceil(seconds)
        raise Refusal(429, "Too much is asked of this endpoint; try again in a moment", retry_seconds=retry_seconds)


def _refused(given: Answer) -> Refusal:
    """What the gateway or the way to it refused, in words of HTTP."""
    status = 404 if given.status == 501 else given.status if given.status in _PASSED_ON else 502
    stated = given.body.get("retry_after")
    retry_seconds = RETRY_SECONDS if status in (429, 503, 504) else None
    if isinstance(stated, int) and 0 < stated <= _LONGEST_RETRY_SECONDS:
        retry_seconds = stated
    return Refusal(status, given.reason or f"The gateway answered {given.status}", retry_seconds=retry_seconds)
