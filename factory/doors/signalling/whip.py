"""WHIP (RFC 9725): who may publish where. The offer is passed on to the gateway; no media and no SDP is read here."""

import json
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from components.contract.node_states import NodeState
from factory.domain.runs import selectors
from factory.domain.runs.endpoints import is_token_of, parse_endpoint
from factory.domain.runs.models import Run
from factory.doors.signalling.gateway_link import Answer, GatewayLink

MAX_OFFER_BYTES = 64 * 1024
SDP = "application/sdp"
_RETRY_SECONDS = "2"
_LINK = GatewayLink()
_TAKES_MEDIA = (NodeState.READY, NodeState.DEGRADED)
_PASSED_ON = frozenset((400, 404, 409, 413, 422, 503, 504))
_CORS = {
    # Publishers are pages of other origins; the bearer token, no cookie, is what opens the door.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, Link, Retry-After, WWW-Authenticate",
}


class Refusal(Exception):
    """What to answer instead: RFC 9457 problem details."""

    def __init__(self, status: int, title: str, **headers: str) -> None:
        super().__init__(title)
        self.response = HttpResponse(
            json.dumps({"type": "about:blank", "title": title, "status": status}),
            status=status,
            content_type="application/problem+json",
            headers={name.replace("_", "-"): value for name, value in headers.items()} | _CORS,
        )


@csrf_exempt
async def publish(request: HttpRequest, endpoint: str) -> HttpResponse:
    """`POST` an offer: 201, the answer, and the session's address in `Location` (RFC 9725, 4.2)."""
    if request.method == "OPTIONS":
        return _options("POST, OPTIONS")
    try:
        _require_method(request, "POST", allowed="POST, OPTIONS")
        _require_token(request, endpoint)
        offer = _read_offer(request)
        host, run_id, node = await _find_ready_gateway(endpoint)
        answer = await _LINK.ask(host=host, run_id=run_id, node=node, kind="whip-offer", body={"sdp": offer})
        return _created(endpoint, answer)
    except Refusal as refusal:
        return refusal.response


@csrf_exempt
async def session(request: HttpRequest, endpoint: str, session: str) -> HttpResponse:
    """`DELETE` ends a session. `PATCH` is 405: neither trickle ICE nor restarts are supported (RFC 9725, 4.3)."""
    if request.method == "OPTIONS":
        return _options("DELETE, OPTIONS")
    try:
        _require_method(request, "DELETE", allowed="DELETE, OPTIONS")
        _require_token(request, endpoint)
        host, run_id, node = await _find_gateway(endpoint)
        answer = await _LINK.ask(host=host, run_id=run_id, node=node, kind="whip-delete", body={"session": session})
        if answer.status != 200:
            raise _refused(answer)
        return HttpResponse(status=200, headers=_CORS)
    except Refusal as refusal:
        return refusal.response


def _options(methods: str) -> HttpResponse:
    """What a browser asks before it dares (Fetch), and what an endpoint takes (Linked Data Platform, 7.1)."""
    headers = {
        **_CORS,
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
        "Access-Control-Max-Age": "86400",
    }
    if "POST" in methods:
        headers["Accept-Post"] = SDP
    return HttpResponse(status=204, headers=headers)


def _require_method(request: HttpRequest, method: str, *, allowed: str) -> None:
    if request.method != method:
        raise Refusal(405, f"Only {allowed} are possible here", Allow=allowed)


def _require_token(request: HttpRequest, endpoint: str) -> None:
    """Before anything is looked up: a stranger learns nothing and costs nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_token_of(endpoint=endpoint, token=token.strip()):
        raise Refusal(401, "Send the endpoint's token as Authorization: Bearer", WWW_Authenticate="Bearer")


def _read_offer(request: HttpRequest) -> str:
    if (request.content_type or "").lower() != SDP:
        raise Refusal(415, f"Send the offer as {SDP}", Accept_Post=SDP)
    too_large = Refusal(413, f"An offer may have at most {MAX_OFFER_BYTES} bytes")
    stated = request.headers.get("Content-Length", "")
    if stated.isdecimal() and int(stated) > MAX_OFFER_BYTES:
        raise too_large
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    if len(body) > MAX_OFFER_BYTES:
        raise too_large
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, "The offer is not UTF-8") from None


async def _find_run(endpoint: str) -> tuple[selectors.RunSnapshot, selectors.NodeSnapshot]:
    parsed = parse_endpoint(endpoint=endpoint)
    if parsed is None:
        raise Refusal(404, "There is no such endpoint")
    run_id, name = parsed
    try:
        run = await sync_to_async(selectors.snapshot)(run_id=run_id)
    except Run.DoesNotExist:
        raise Refusal(404, "There is no such endpoint") from None
    except DatabaseError:
        raise Refusal(503, "The database does not answer; try again", Retry_After=_RETRY_SECONDS) from None
    node = next((one for one in run.nodes if one.name == name), None)
    if node is None:
        raise Refusal(404, "There is no such endpoint")
    return run, node


async def _find_gateway(endpoint: str) -> tuple[str, str, str]:
    run, node = await _find_run(endpoint)
    return run.host, run.id, node.name


async def _find_ready_gateway(endpoint: str) -> tuple[str, str, str]:
    run, node = await _find_run(endpoint)
    if run.state.is_over or not run.wanted:
        raise Refusal(503, f"The pipeline is not running (it is {run.state})", Retry_After=_RETRY_SECONDS)
    if node.state not in _TAKES_MEDIA:
        why = f": {node.reason}" if node.reason else ""
        title = f"The gateway {node.name} is not ready (it is {node.state}{why}); try again in a moment"
        raise Refusal(503, title, Retry_After=_RETRY_SECONDS)
    return run.host, run.id, node.name


def _created(endpoint: str, answer: Answer) -> HttpResponse:
    text, name = answer.body.get("sdp"), answer.body.get("session")
    if answer.status != 201:
        raise _refused(answer)
    if not isinstance(text, str) or not isinstance(name, str):
        raise Refusal(502, "The gateway's answer is incomplete")
    location = reverse("whip-session", kwargs={"endpoint": endpoint, "session": name})
    return HttpResponse(text, status=201, content_type=SDP, headers={**_CORS, "Location": location})


def _refused(answer: Answer) -> Refusal:
    """What the gateway or the way to it refused, in words of HTTP."""
    headers: dict[str, Any] = {}
    status = answer.status if answer.status in _PASSED_ON else 502
    if answer.status == 501:
        status = 404
    if status in (503, 504):
        headers["Retry_After"] = _RETRY_SECONDS
    return Refusal(status, answer.reason or f"The gateway answered {answer.status}", **headers)
