"""The WHIP door: each MUST of RFC 9725 that it has to keep, and every way in which it says no."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import AsyncClient
from pytest_django import Settings

from components.contract.node_states import NodeState
from factory.domain.runs.endpoints import endpoint_of, token_of
from factory.domain.runs.models import Run, RunNode
from factory.domain.runs.services import request_stop
from factory.doors.signalling import gateway_link, whip
from factory.foundation import clock
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.fake_agent import Reply, fake_agent

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
ANSWERED: Reply = (201, {"sdp": "v=0\r\nanswer\r\n", "session": "Secret_session-1"})

pytestmark = pytest.mark.usefixtures("layer")


def _address(run: Run, node: str = "camera") -> str:
    return f"/whip/{endpoint_of(run_id=run.id, node=node)}"


def _bearer(address: str) -> str:
    return f"Bearer {token_of(endpoint=address.split('/')[2])}"


async def _post(
    address: str, body: str | bytes = OFFER, *, kind: str = "application/sdp", authorization: str | None = "right"
) -> Any:
    given = _bearer(address) if authorization == "right" else authorization
    headers = {} if given is None else {"authorization": given}
    return await AsyncClient().post(address, data=body, content_type=kind, headers=headers)


def _always(reply: Reply) -> Callable[[dict[str, Any]], Any]:
    async def answer(_request: dict[str, Any]) -> Reply:
        return reply

    return answer


def _problem(response: Any) -> str:
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    problem = json.loads(response.content)
    assert problem["status"] == response.status_code
    return str(problem["title"])


async def test_an_offer_is_answered_with_201_and_the_address_of_its_session(ready_run: Run) -> None:
    address = _address(ready_run)
    async with fake_agent(HOST, _always(ANSWERED)) as agent:
        response = await _post(address)
    assert response.status_code == 201
    assert response.content == b"v=0\r\nanswer\r\n"
    assert response.headers["Content-Type"] == "application/sdp"
    assert response.headers["Location"] == f"{address}/Secret_session-1"
    assert "ETag" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Location" in response.headers["Access-Control-Expose-Headers"]
    [heard] = agent.heard
    assert (heard["kind"], heard["body"]) == ("whip-offer", {"sdp": OFFER})
    assert (heard["run"], heard["node"]) == (ready_run.id, "camera")
    assert agent.expired == 0


async def test_delete_ends_the_session(ready_run: Run) -> None:
    address = _address(ready_run)
    async with fake_agent(HOST, _always((200, {}))) as agent:
        response = await AsyncClient().delete(f"{address}/abc", headers={"authorization": _bearer(address)})
    assert response.status_code == 200
    [heard] = agent.heard
    assert (heard["kind"], heard["body"]) == ("whip-delete", {"session": "abc"})


async def test_delete_of_an_unknown_session_is_404(ready_run: Run) -> None:
    address = _address(ready_run)
    async with fake_agent(HOST, _always((404, {"title": "There is no such session"}))):
        response = await AsyncClient().delete(f"{address}/abc", headers={"authorization": _bearer(address)})
    assert response.status_code == 404
    assert _problem(response) == "There is no such session"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Bearer é", "Basic abc"])
async def test_without_the_right_token_it_is_401_and_nothing_is_looked_up(
    authorization: str | None, ready_run: Run
) -> None:
    for address in (_address(ready_run), "/whip/nobody-knows"):
        async with fake_agent(HOST, _always(ANSWERED)) as agent:
            posted = await _post(address, authorization=authorization)
            headers = {"authorization": authorization} if authorization is not None else {}
            deleted = await AsyncClient().delete(f"{address}/abc", headers=headers)
        for response in (posted, deleted):
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert "token" in _problem(response)
        assert agent.heard == []


async def test_the_token_of_another_endpoint_does_not_open_this_one(ready_run: Run) -> None:
    response = await _post(_address(ready_run), authorization=_bearer(_address(ready_run, "file")))
    assert response.status_code == 401


async def test_a_token_of_an_earlier_key_still_opens(ready_run: Run, settings: Settings) -> None:
    old = _bearer(_address(ready_run))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    async with fake_agent(HOST, _always(ANSWERED)):
        assert (await _post(_address(ready_run), authorization=old)).status_code == 201


@pytest.mark.parametrize("endpoint", ["nobody-knows", "aaaaaaaaaaaa-camera", "aaaaaaaaaaaa-Camera"])
async def test_an_unknown_endpoint_is_404(endpoint: str, ready_run: Run) -> None:
    assert (await _post(f"/whip/{endpoint}")).status_code == 404
    assert (await _post(_address(ready_run, "nonode"))).status_code == 404


async def test_another_content_type_is_415(ready_run: Run) -> None:
    response = await _post(_address(ready_run), kind="application/json")
    assert response.status_code == 415
    assert response.headers["Accept-Post"] == "application/sdp"


async def test_an_offer_above_the_bound_is_413(ready_run: Run) -> None:
    assert (await _post(_address(ready_run), "v" * (64 * 1024 + 1))).status_code == 413
    assert (await _post(_address(ready_run), "v" * (4 * 1024 * 1024))).status_code == 413


async def test_an_offer_that_is_no_text_is_400(ready_run: Run) -> None:
    assert (await _post(_address(ready_run), b"\xff\xfe")).status_code == 400


@pytest.mark.parametrize(
    ("given", "status"),
    [(400, 400), (409, 409), (413, 413), (422, 422), (503, 503), (504, 504), (501, 404), (500, 502), (201, 502)],
)
async def test_what_the_gateway_refuses_is_told(given: int, status: int, ready_run: Run) -> None:
    async with fake_agent(HOST, _always((given, {"title": "Because"}))):
        response = await _post(_address(ready_run))
    assert response.status_code == status
    assert _problem(response) == ("Because" if given != 201 else "The gateway's answer is incomplete")
    assert ("Retry-After" in response.headers) == (status in (503, 504))


async def test_a_gateway_that_is_not_ready_is_503_and_says_why(ready_run: Run) -> None:
    nodes = RunNode.objects.filter(run=ready_run, name="camera")
    await sync_to_async(nodes.update)(state=NodeState.STARTING, reason="loading")
    response = await _post(_address(ready_run))
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "starting: loading" in _problem(response)


async def test_a_pipeline_that_is_not_running_is_503_and_says_so(ready_run: Run) -> None:
    await sync_to_async(request_stop)(run_id=ready_run.id, now=clock.now())
    response = await _post(_address(ready_run))
    assert response.status_code == 503
    assert "not running" in _problem(response)


@pytest.mark.slow
async def test_a_host_without_an_agent_is_503_after_the_deadline(
    ready_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whip, "_LINK", gateway_link.GatewayLink(deadline_seconds=-0.9))
    response = await _post(_address(ready_run))
    assert response.status_code == 503
    assert "agent" in _problem(response)
    assert "Retry-After" in response.headers


async def test_a_late_answer_to_something_else_is_not_taken_for_ours(ready_run: Run) -> None:
    async def answer(request: dict[str, Any]) -> Reply:
        layer = get_channel_layer()
        assert layer is not None
        stray = {"type": "gateway.reply", "id": "another", "status": 500, "body": {}}
        await layer.send(request["reply_channel"], stray)
        return ANSWERED

    async with fake_agent(HOST, answer):
        assert (await _post(_address(ready_run))).status_code == 201


async def test_more_requests_than_may_be_on_their_way_are_503_and_never_sent(
    ready_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_link, "MAX_IN_FLIGHT", 2)
    release = asyncio.Event()

    async def answer(_request: dict[str, Any]) -> Reply:
        await release.wait()
        return ANSWERED

    async with fake_agent(HOST, answer) as agent:
        first = [asyncio.create_task(_post(_address(ready_run))) for _ in range(2)]
        while whip._LINK._in_flight < 2:  # noqa: ASYNC110 - nothing rings when a request is on its way
            await asyncio.sleep(0.01)
        third = await _post(_address(ready_run))
        release.set()
        assert [response.status_code for response in await asyncio.gather(*first)] == [201, 201]
    assert third.status_code == 503
    assert len(agent.heard) == 2
    assert whip._LINK._in_flight == 0


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
async def test_other_methods_on_the_endpoint_are_405(method: str, ready_run: Run) -> None:
    response = await getattr(AsyncClient(), method)(_address(ready_run))
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("method", ["get", "put", "patch", "post", "head"])
async def test_other_methods_on_a_session_are_405_trickle_among_them(method: str, ready_run: Run) -> None:
    response = await getattr(AsyncClient(), method)(f"{_address(ready_run)}/abc")
    assert response.status_code == 405
    assert response.headers["Allow"] == "DELETE, OPTIONS"


async def test_options_needs_no_token_and_tells_a_page_what_it_may_do(ready_run: Run) -> None:
    client = AsyncClient()
    response = await client.options(_address(ready_run), headers={"origin": "https://studio.example"})
    assert response.status_code == 204
    assert response.headers["Accept-Post"] == "application/sdp"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    session = await client.options(f"{_address(ready_run)}/abc")
    assert "DELETE" in session.headers["Access-Control-Allow-Methods"]
    assert "Accept-Post" not in session.headers


async def test_no_channel_is_left_behind_by_a_request(ready_run: Run, layer: str) -> None:
    async with fake_agent(HOST, _always(ANSWERED)):
        for _ in range(5):
            assert (await _post(_address(ready_run))).status_code == 201
        current: Any = get_channel_layer()
        channels = current._get_layer().channels if layer == "redis" else current.channels
        assert len(channels) <= 1
