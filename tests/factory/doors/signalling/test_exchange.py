"""Both doors, and each MUST of RFC 9725 that concerns them (draft-ietf-wish-whep-03 has the same, section by section).

4.1  GET and HEAD are answered with 2xx and no content:
     test_get_and_head_tell_that_it_is_there_and_nothing_more
4.2  201 with the answer, its type, and the address of the session:
     test_an_offer_is_answered_with_201_and_the_address_of_its_session
     another content type is refused: test_another_content_type_is_415
     an offer that makes no sense is refused: test_an_offer_that_is_no_text_is_400, and the gateway's own refusals:
     test_what_the_gateway_refuses_is_told
     DELETE ends the session: test_delete_ends_the_session
     OPTIONS for CORS, with Accept-Post: test_options_needs_no_token_and_tells_a_page_what_it_may_do
     methods that are reserved: test_methods_that_have_no_meaning_are_405
4.3  test_trickle.py
4.4  in the gateway, whose 406 and 422 are told: test_what_the_gateway_refuses_is_told
4.5  neither 301 nor 302: test_who_comes_without_tls_is_sent_there_by_307
     503 with Retry-After: test_which_run.py
4.6  Link with rel="ice-server": test_ice_servers_are_told_with_the_answer_alone
4.7  bearer tokens, on endpoint and session: test_without_the_right_token_it_is_401_and_nothing_is_looked_up
5    addresses of sessions cannot be guessed: the gateway's; the rate of POST, DELETE and PATCH: test_rate_limit.py
"""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from pytest_django import Settings

from factory.domain.accounts.token_text import new_token
from factory.domain.pipelines.token_checks import TOKEN_PREFIX
from factory.domain.runs.models import Run
from factory.doors.signalling import gateways
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import OFFER, SDP, Door, problem_of
from tests.factory.doors.signalling.fake_agent import ANSWERED, always, fake_agent

pytestmark = pytest.mark.usefixtures("layer", "ready_run")


async def test_an_offer_is_answered_with_201_and_the_address_of_its_session(door: Door, ready_run: Run) -> None:
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        response = await door.offer()
    assert response.status_code == 201
    assert response.content == b"v=0\r\nanswer\r\n"
    assert response.headers["Content-Type"] == SDP
    assert response.headers["Location"] == f"{door.address}/Secret_session-1"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Location", "ETag", "Link"} <= set(response.headers["Access-Control-Expose-Headers"].split(", "))
    [heard] = agent.heard
    assert (heard["kind"], heard["body"]) == (f"{door.kind}-offer", {"sdp": OFFER})
    assert (heard["run"], heard["node"]) == (ready_run.id, door.node)
    assert agent.expired == 0


async def test_the_type_of_an_offer_may_have_parameters_and_capitals(door: Door) -> None:
    async with fake_agent(HOST, always(ANSWERED)):
        assert (await door.offer(content_type="Application/SDP; charset=utf-8")).status_code == 201


async def test_delete_ends_the_session(door: Door) -> None:
    async with fake_agent(HOST, always((200, {}))) as agent:
        response = await door.delete("abc", if_match='"any other"')
    assert response.status_code == 200
    assert response.content == b""
    [heard] = agent.heard
    assert (heard["kind"], heard["body"]) == (f"{door.kind}-delete", {"session": "abc"})


async def test_delete_of_an_unknown_session_is_404(door: Door) -> None:
    async with fake_agent(HOST, always((404, {"title": "There is no such session"}))):
        response = await door.delete("abc")
    assert response.status_code == 404
    assert problem_of(response) == "There is no such session"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Bearer é", "Basic abc"])
async def test_without_the_right_token_it_is_401_and_nothing_is_looked_up(
    authorization: str | None, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_arguments: Any, **_more: Any) -> None:
        raise AssertionError("a stranger made us look")

    monkeypatch.setattr(gateways, "find_endpoint", look_up)
    for way in (door, Door(door.kind, "nobody-knows", "")):
        async with fake_agent(HOST, always(ANSWERED)) as agent:
            responses = [
                await way.offer(authorization=authorization),
                await way.delete("abc", authorization=authorization),
                await way.trickle("abc", '"tag"', authorization=authorization),
                await way.send("GET", authorization=authorization),
                await way.send("GET", "/abc", authorization=authorization),
            ]
        for response in responses:
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert "token" in problem_of(response)
        assert agent.heard == []


async def test_the_token_of_another_endpoint_does_not_open_this_one(whip: Door, whep: Door) -> None:
    assert (await whip.offer(authorization=whep.bearer)).status_code == 401


async def test_a_program_comes_in_by_a_token_until_that_is_revoked(door: Door) -> None:
    row, token = await sync_to_async(door.make_token)()
    async with fake_agent(HOST, always(ANSWERED)):
        assert (await door.offer(authorization=f"Bearer {token}")).status_code == 201
        await sync_to_async(door.revoke)(row)
        assert (await door.offer(authorization=f"Bearer {token}")).status_code == 401
        assert (await door.send("GET", authorization=f"Bearer {token}")).status_code == 401


async def test_a_session_is_changed_and_ended_with_the_token_that_began_it_though_that_is_revoked(door: Door) -> None:
    row, token = await sync_to_async(door.make_token)()
    bearer = f"Bearer {token}"
    async with fake_agent(HOST, always(ANSWERED)):
        tag = (await door.offer(authorization=bearer)).headers["ETag"]
    await sync_to_async(door.revoke)(row)
    async with fake_agent(HOST, always((204, {}))):
        assert (await door.trickle("Secret_session-1", tag, authorization=bearer)).status_code == 204
    async with fake_agent(HOST, always((200, {}))):
        assert (await door.delete("Secret_session-1", authorization=bearer)).status_code == 200


async def test_a_token_that_no_endpoint_has_is_401(door: Door) -> None:
    assert (await door.offer(authorization=f"Bearer {new_token(TOKEN_PREFIX)}")).status_code == 401


async def test_a_pass_of_an_earlier_key_still_opens(door: Door, settings: Settings) -> None:
    old = door.bearer
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    async with fake_agent(HOST, always(ANSWERED)):
        assert (await door.offer(authorization=old)).status_code == 201


async def test_another_content_type_is_415(door: Door) -> None:
    response = await door.offer(content_type="application/json")
    assert response.status_code == 415
    assert response.headers["Accept-Post"] == SDP
    assert SDP in problem_of(response)


async def test_an_offer_above_the_bound_is_413(door: Door) -> None:
    assert (await door.offer("v" * (64 * 1024 + 1))).status_code == 413
    assert (await door.offer("v" * (4 * 1024 * 1024))).status_code == 413


async def test_an_offer_that_is_no_text_is_400(door: Door) -> None:
    assert (await door.offer(b"\xff\xfe")).status_code == 400


@pytest.mark.parametrize(
    ("given", "status"),
    [(400, 400), (406, 406), (409, 409), (413, 413), (422, 422), (503, 503), (504, 504), (501, 404), (500, 502)],
)
async def test_what_the_gateway_refuses_is_told(given: int, status: int, door: Door) -> None:
    async with fake_agent(HOST, always((given, {"title": "Because"}))):
        response = await door.offer()
    assert response.status_code == status
    assert problem_of(response) == "Because"
    assert ("Retry-After" in response.headers) == (status in (503, 504))


@pytest.mark.parametrize(("stated", "told"), [(7, "7"), (0, None), (10**6, None), ("7", None)])
async def test_when_the_gateway_says_when_to_come_again_that_is_told(stated: Any, told: str | None, door: Door) -> None:
    async with fake_agent(HOST, always((409, {"title": "Nobody publishes yet", "retry_after": stated}))):
        response = await door.offer()
    assert response.status_code == 409
    assert response.headers.get("Retry-After") == told


@pytest.mark.parametrize("session", [{}, {"session": 7}, {"session": ""}, {"session": "../a"}, {"session": "a\r\nb"}])
async def test_an_answer_without_a_session_that_fits_an_address_is_502(session: dict[str, Any], door: Door) -> None:
    async with fake_agent(HOST, always((201, {"sdp": "v=0", **session}))):
        response = await door.offer()
    assert response.status_code == 502
    assert problem_of(response) == "The gateway's answer is incomplete"


async def test_get_and_head_tell_that_it_is_there_and_nothing_more(door: Door) -> None:
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        for method in ("GET", "HEAD"):
            response = await door.send(method)
            assert (response.status_code, response.content) == (204, b"")
            assert response.headers["Content-Type"] == SDP
            assert response.headers["Accept-Post"] == SDP
            session = await door.send(method, "/abc")
            assert (session.status_code, session.content) == (204, b"")
            missing = Door(door.kind, "nobodyknows", "")
            assert (await missing.send(method)).status_code == 404
    assert agent.heard == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_methods_that_have_no_meaning_are_405(method: str, door: Door) -> None:
    response = await door.send(method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    session = await door.send("POST" if method in ("PATCH", "DELETE") else method, "/abc")
    assert session.status_code == 405
    assert session.headers["Allow"] == "GET, HEAD, PATCH, DELETE, OPTIONS"


async def test_options_needs_no_token_and_tells_a_page_what_it_may_do(door: Door, settings: Settings) -> None:
    settings.FACTORY_ICE_SERVERS = ["stun:stun.example"]
    response = await door.send("OPTIONS", authorization=None, origin="https://studio.example")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Accept-Post"] == SDP
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "If-Match"} <= set(response.headers["Access-Control-Allow-Headers"].split(", "))
    assert "Link" not in response.headers
    session = await door.send("OPTIONS", "/abc", authorization=None)
    assert {"PATCH", "DELETE"} <= set(session.headers["Access-Control-Allow-Methods"].split(", "))
    assert session.headers["Accept-Patch"] == "application/trickle-ice-sdpfrag"
    assert "Accept-Post" not in session.headers


async def test_ice_servers_are_told_with_the_answer_alone(door: Door, settings: Settings) -> None:
    settings.FACTORY_ICE_SERVERS = ["stun:one.example:3478", "stuns:two.example"]
    async with fake_agent(HOST, always(ANSWERED)):
        link = (await door.offer()).headers["Link"]
    assert link == '<stun:one.example:3478>; rel="ice-server", <stuns:two.example>; rel="ice-server"'
    settings.FACTORY_ICE_SERVERS = []
    async with fake_agent(HOST, always(ANSWERED)):
        assert "Link" not in (await door.offer()).headers


async def test_who_comes_without_tls_is_sent_there_by_307(door: Door, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        response = await door.offer()
        assert response.status_code == 307
        assert response.headers["Location"] == f"https://testserver{door.address}"
        assert (await door.delete("abc")).status_code == 307
        assert agent.heard == []
        assert (await door.offer(secure=True)).status_code == 201


async def test_a_silent_database_is_503_and_worth_another_try(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_more: Any) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(gateways, "find_endpoint", away)
    response = await door.offer()
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
