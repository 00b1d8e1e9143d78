"""Between the door and the agent: deadlines, stray answers, and bounds on what is on its way."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from factory.domain.accounts.services import create_team
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.services import freeze_version, import_yaml
from factory.doors.signalling import exchange
from factory.doors.signalling.reading import entity_tag
from factory.foundation import clock
from factory.orchestration import agent_link
from tests.factory.doors.signalling.conftest import HOST, WEBCAM, make_ready
from tests.factory.doors.signalling.door import Door, door_of, problem_of
from tests.factory.doors.signalling.fake_agent import ANSWERED, Reply, always, fake_agent

pytestmark = pytest.mark.usefixtures("layer", "ready_run")


@pytest.mark.slow
async def test_a_host_without_an_agent_is_503_after_the_deadline(whip: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LINK", agent_link.AgentLink(deadline_seconds=-0.9))
    response = await whip.offer()
    assert response.status_code == 503
    assert "agent" in problem_of(response)
    assert "Retry-After" in response.headers


async def test_a_late_answer_to_something_else_is_not_taken_for_ours(whip: Door) -> None:
    async def answer(request: dict[str, Any]) -> Reply:
        layer = get_channel_layer()
        assert layer is not None
        stray = {"type": "gateway.reply", "id": "another", "status": 500, "body": {}}
        await layer.send(request["reply_channel"], stray)
        return ANSWERED

    async with fake_agent(HOST, answer):
        assert (await whip.offer()).status_code == 201


async def test_more_requests_than_may_be_on_their_way_are_503_and_never_sent(
    whip: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "LINK", agent_link.AgentLink(most_in_flight=2))
    release = asyncio.Event()

    async def answer(_request: dict[str, Any]) -> Reply:
        await release.wait()
        return ANSWERED

    async with fake_agent(HOST, answer) as agent:
        first = [asyncio.create_task(whip.offer()) for _ in range(2)]
        while exchange.LINK._in_flight < 2:  # noqa: ASYNC110 - nothing rings when a request is on its way
            await asyncio.sleep(0.01)
        third = await whip.offer()
        release.set()
        assert [response.status_code for response in await asyncio.gather(*first)] == [201, 201]
    assert third.status_code == 503
    assert "Retry-After" in third.headers
    assert len(agent.heard) == 2
    assert exchange.LINK._in_flight == 0


async def test_a_team_whose_gateway_never_answers_keeps_no_other_team_out(
    whip: Door, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "LINK", agent_link.AgentLink(most_in_flight=3))
    monkeypatch.setattr(exchange, "MOST_OF_A_TEAM", 2)
    others = await sync_to_async(_door_of_others)()
    release = asyncio.Event()

    async def stall(_request: dict[str, Any]) -> Reply:
        await release.wait()
        return ANSWERED

    async with fake_agent(HOST, stall), fake_agent("elsewhere", always(ANSWERED)):
        stalled = [asyncio.create_task(whip.offer()) for _ in range(2)]
        while exchange.LINK._in_flight < 2:  # noqa: ASYNC110 - nothing rings when a request is on its way
            await asyncio.sleep(0.01)
        refused, served = await whip.offer(), await others.offer()
        release.set()
        await asyncio.gather(*stalled)
        again = await whip.offer()
    assert (refused.status_code, served.status_code, again.status_code) == (503, 201, 201)
    assert "of this team" in problem_of(refused)
    assert "Retry-After" in refused.headers


def _door_of_others() -> Door:
    now = clock.now()
    pipeline = import_yaml(team=create_team(slug="others", name="Others"), text=WEBCAM, now=now)
    version = freeze_version(pipeline=pipeline, now=now)
    make_ready(version, host="elsewhere")
    return door_of(version, "whip")


async def test_fifty_at_once_are_all_answered_and_hold_no_thread_while_they_wait(whip: Door, whep: Door) -> None:
    release = asyncio.Event()

    async def answer(_request: dict[str, Any]) -> Reply:
        await release.wait()
        return 204, {}

    async with fake_agent(HOST, answer) as agent:
        tag = entity_tag("abc")
        requests = [asyncio.create_task(door.trickle("abc", tag)) for _ in range(25) for door in (whip, whep)]
        while exchange.LINK._in_flight < 50:  # noqa: ASYNC110 - nothing rings when a request is on its way
            await asyncio.sleep(0.01)
        assert sum(thread.name.startswith("signalling") for thread in threading.enumerate()) <= 4
        release.set()
        assert [response.status_code for response in await asyncio.gather(*requests)] == [204] * 50
        assert len(agent.heard) == 50
    assert exchange.LINK._in_flight == 0


async def test_no_channel_is_left_behind_by_a_request(whip: Door, layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_agent(HOST, always(ANSWERED)):
        for _ in range(5):
            assert (await whip.offer()).status_code == 201
        assert _channels(layer) <= 1
    monkeypatch.setattr(exchange, "LINK", agent_link.AgentLink(deadline_seconds=-0.9))
    assert (await whip.offer()).status_code == 503
    assert _channels(layer) <= 1


def _channels(layer: str) -> int:
    """How many the layer knows, the played agent's among them."""
    current: Any = get_channel_layer()
    return len(current._get_layer().channels if layer == "redis" else current.channels)
