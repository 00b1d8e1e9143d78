import asyncio
import json
from typing import Any

import pytest

from factory.doors.api import turns
from factory.doors.api.turns import take_turns


class Site:
    """An application that answers when told to, and counts who is inside."""

    def __init__(self, *, streams: bool = False) -> None:
        self.go = asyncio.Event()
        self.inside = 0
        self.streams = streams

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.streams:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await self.go.wait()
        await send({"type": "http.response.body", "body": b"y"})


async def ask(application: Any, path: str = "/") -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await application({"type": "http", "path": path}, None, send)
    return sent


async def ask_at_once(application: Any, site: Site, count: int, path: str = "/") -> tuple[int, list[list[Any]]]:
    """How many came in before one was let out, and all answers."""
    asked = [asyncio.create_task(ask(application, path)) for _ in range(count)]
    for _ in range(10):
        await asyncio.sleep(0)
    inside = site.inside
    site.go.set()
    return inside, await asyncio.gather(*asked)


async def test_so_many_are_answered_at_a_time_and_the_others_after_them() -> None:
    site = Site()

    inside, answers = await ask_at_once(take_turns(site, most=2), site, 5)

    assert inside == 2
    assert [answer[0]["status"] for answer in answers] == [200] * 5


async def test_what_is_streamed_gives_its_turn_back() -> None:
    site = Site(streams=True)

    inside, answers = await ask_at_once(take_turns(site, most=2), site, 5)

    assert inside == 5
    assert len(answers) == 5


async def test_offers_count_for_themselves() -> None:
    site = Site()

    inside, _ = await ask_at_once(take_turns(site, most=1), site, 3, "/whip/abc")

    assert inside == 3


async def test_who_waits_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", 0.01)
    site = Site()
    bounded = take_turns(site, most=1)
    first = asyncio.create_task(ask(bounded))
    await asyncio.sleep(0)

    start, body = await ask(bounded)

    assert start["status"] == 503
    assert (b"retry-after", b"2") in start["headers"]
    assert json.loads(body["body"])["code"] == "api:ours:busy"
    site.go.set()
    assert (await first)[0]["status"] == 200


async def test_a_queue_that_is_too_long_grows_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 1)
    site = Site()

    inside, answers = await ask_at_once(take_turns(site, most=1), site, 4)

    assert inside == 1
    assert sorted(answer[0]["status"] for answer in answers) == [200, 200, 503, 503]


async def test_a_turn_comes_back_when_the_site_fails() -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken")

    bounded = take_turns(fail, most=1)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"):
            await ask(bounded)
