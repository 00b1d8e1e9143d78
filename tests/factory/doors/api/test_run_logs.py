from typing import Any

import pytest
from django.test import AsyncClient, Client

from factory.domain.runs.models import Run
from factory.doors.api.v1 import run_logs
from factory.orchestration.agent_link import AgentLink
from tests.factory.doors.api.agents import fake_agent
from tests.factory.doors.api.browsers import HELLO

LOG = {"attempt": 2, "text": "drawing\n", "truncated": True, "live": True}
pytestmark = pytest.mark.django_db(transaction=True)


def address(run: Run, query: str = "") -> str:
    return f"{HELLO}/runs/{run.pk}/nodes/caption/log{query}"


async def ask(browser: Client, address: str, reply: tuple[int, dict[str, Any]]) -> tuple[Any, list[dict[str, Any]]]:
    """Ask while an agent answers so; returns the response and what the agent heard."""
    asking = AsyncClient()
    asking.cookies = browser.cookies
    async with fake_agent("studio-host", reply) as heard:
        response = await asking.get(address)
    return response, heard


async def test_a_log_comes_from_the_agent_of_the_host(run: Run, viewer: Client) -> None:
    response, heard = await ask(viewer, address(run, "?tail=20&attempt=2"), (200, LOG))

    assert (response.status_code, response.json()) == (200, LOG)
    (request,) = heard
    assert (request["run"], request["node"], request["kind"]) == (run.pk, "caption", "node-log")
    assert request["body"] == {"tail": 20, "attempt": 2}


async def test_without_a_wish_the_newest_attempt_is_meant(run: Run, viewer: Client) -> None:
    _, heard = await ask(viewer, address(run), (200, LOG))

    assert heard[0]["body"] == {"tail": 500, "attempt": 0}


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        ((404, {"reason": "there is no log of caption"}), 404, "run:user:log-gone"),
        ((503, {"reason": "the engine is away; try again"}), 503, "run:ours:log-away"),
        ((500, {}), 503, "run:ours:log-away"),
        ((200, {"text": "half"}), 503, "run:ours:log-away"),
    ],
)
async def test_what_the_agent_cannot_give_is_said(
    run: Run, viewer: Client, reply: tuple[int, dict[str, Any]], status: int, code: str
) -> None:
    response, _ = await ask(viewer, address(run), reply)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert reply[1].get("reason", "") in response.json()["title"]
    assert response.headers.get("Retry-After") == ("2" if status == 503 else None)


def test_a_host_without_an_agent_is_unavailable(run: Run, viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_logs, "_LINK", AgentLink(deadline_seconds=-0.9))

    response = viewer.get(address(run))

    assert (response.status_code, response.json()["code"]) == (503, "run:ours:log-away")
    assert "look whether its agent runs" in response.json()["title"]


@pytest.mark.parametrize("query", ["?tail=0", "?tail=2001", "?attempt=0", "?attempt=x"])
def test_a_log_that_cannot_be_is_not_asked_for(run: Run, viewer: Client, query: str) -> None:
    assert viewer.get(address(run, query)).status_code == 422


def test_a_node_that_is_not_in_the_run_has_no_log(run: Run, viewer: Client) -> None:
    assert viewer.get(address(run).replace("caption", "nobody")).status_code == 404
