"""On a real daphne, which never waits for a reader: what one costs that never reads, and how it is got rid of."""

import asyncio
import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from pytest_django import Settings

from factory.domain.runs.groups import run_group
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.doors.live.close_codes import CloseCode
from factory.foundation import clock
from tests.factory.doors.live.browser import Person, address_of
from tests.factory.doors.live.plain_socket import DeafSocket, PlainSocket, Refused
from tests.factory.doors.live.status import status_of, word
from tests.factory.doors.live.web_process import WebProcess, web_process

MOST_GROWTH = 2 * 1024 * 1024
GONE_SECONDS = 10.0
_MEASURES = 4000
"""About 100 kB a message; four a second of these fill the window long before the reader is given up."""

pytestmark = pytest.mark.slow


@pytest.fixture
def web(alice: Person, redis_socket: str, settings: Settings, tmp_path: Path) -> Iterator[WebProcess]:
    channel_layers.backends = {}
    configuration = {"hosts": [f"unix://{redis_socket}"], "prefix": f"factory-{settings.FACTORY_INSTALL}"}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": configuration}
    }
    with web_process(tmp_path, redis_url=f"unix://{redis_socket}") as process:
        yield process
    channel_layers.backends = {}


@pytest.fixture
def run(alice: Person) -> Run:
    now = clock.now()
    return request_run(version=alice.version, now=now, deadline=now + datetime.timedelta(hours=1), host="studio")


class Talker:
    """An agent with much to say, four times a second."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.told: dict[int, float] = {}

    async def talk(self) -> None:
        layer: Any = get_channel_layer()
        while True:
            number = len(self.told)
            said = word(reason=str(number), measures={f"measure {one}": number for one in range(_MEASURES)})
            self.told[number] = time.monotonic()
            await layer.group_send(run_group(run_id=self._run.pk), status_of(self._run, caption=said))
            await asyncio.sleep(0.25)


async def _listen(browser: PlainSocket, talker: Talker, waits: list[float]) -> None:
    while message := await browser.take():
        reason = str(message.get("patch", {}).get("nodes", {}).get("caption", {}).get("reason", ""))
        if reason:
            waits.append(time.monotonic() - talker.told[int(reason)])


async def test_a_client_that_never_reads_costs_little_and_is_gone_in_ten_seconds(
    web: WebProcess, alice: Person, run: Run
) -> None:
    address = await sync_to_async(address_of)(alice.pipeline)
    named = {"session": alice.session, "origin": web.origin}
    browser = await PlainSocket.open(web.port, address, **named)
    talker, waits = Talker(run), list[float]()
    tasks = [asyncio.create_task(talker.talk()), asyncio.create_task(_listen(browser, talker, waits))]
    await asyncio.sleep(5.0)
    assert browser.code is None
    before, waits_before = web.resident_bytes(), sorted(waits)
    deaf = DeafSocket(web.port, address, **named)
    began, most = time.monotonic(), before
    while not deaf.is_gone:
        assert time.monotonic() - began < GONE_SECONDS, "the connection still stands"
        most = max(most, web.resident_bytes())
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    deaf.close()
    await browser.leave()
    assert most - before <= MOST_GROWTH
    assert len(waits_before) >= 8
    assert len(waits) - len(waits_before) >= 20


async def test_codes_reach_a_real_client(web: WebProcess, alice: Person) -> None:
    address = await sync_to_async(address_of)(alice.pipeline)
    unknown = await PlainSocket.open(web.port, address, session="unknown", origin=web.origin)
    assert await unknown.take() is None
    assert unknown.code == CloseCode.NOT_SIGNED_IN
    for large in ("x" * 5000, "x" * 10_000):
        browser = await PlainSocket.open(web.port, address, session=alice.session, origin=web.origin)
        assert (await browser.take() or {})["type"] == "snapshot"
        browser.say(large)
        assert await browser.take() is None
        assert browser.code == CloseCode.NOT_UNDERSTOOD
    with pytest.raises(Refused) as refused:
        await PlainSocket.open(web.port, address, session=alice.session, origin="https://evil.example")
    assert refused.value.status == 403


async def test_a_flood_costs_little(web: WebProcess, alice: Person) -> None:
    address = await sync_to_async(address_of)(alice.pipeline)
    for round_ in range(3):
        browser = await PlainSocket.open(web.port, address, session=alice.session, origin=web.origin)
        assert (await browser.take() or {})["type"] == "snapshot"
        before = web.resident_bytes()
        for _ in range(20_000):
            browser.say({"type": "resync"})
        while await browser.take():
            pass
        assert browser.code in (None, CloseCode.NOT_UNDERSTOOD)
        if round_:
            assert web.resident_bytes() - before <= 4 * MOST_GROWTH
        await browser.leave()
