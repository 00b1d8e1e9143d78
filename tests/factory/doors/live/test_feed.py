"""What the agent says, how often it is told, what a lost bell costs, and that nothing is left behind."""

import asyncio
import datetime
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.groups import pipeline_group
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.doors.live import feed, live_socket
from factory.doors.live.consumer import LiveConsumer
from factory.foundation import clock
from tests.factory.doors.live.browser import Browsers, Person
from tests.factory.doors.live.status import WIRE, publish, status_of, wire, word
from tests.factory.doors.nodes.instances import wait_until


@pytest.fixture
def run(alice: Person) -> Run:
    """A run of hello that waits."""
    now = clock.now()
    return request_run(version=alice.version, now=now, deadline=now + datetime.timedelta(hours=1), host="studio")


async def test_what_the_agent_says_is_shown_and_is_what_the_next_one_gets(
    browsers: Browsers, alice: Person, run: Run
) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda state: state["nodes"]["caption"]["state"] == "starting")
    await publish(run, status_of(run, caption=word("degraded", reason="dark", measures={"fps": 29.9})))
    state = await browser.until(lambda state: state["nodes"]["caption"]["state"] == "degraded")
    assert state["nodes"]["caption"]["measures"] == {"fps": 29.9}
    assert state["wires"][WIRE]["fps"] == 30.0
    assert "latency_ms" not in state["wires"][WIRE]
    late = await browsers.open(alice)
    assert await late.until(lambda _state: True) == browser.state


async def test_a_wire_that_is_gone_is_taken_away(browsers: Browsers, alice: Person, run: Run) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda state: state["nodes"])
    await publish(run, status_of(run))
    await browser.until(lambda state: state["wires"])
    await publish(run, status_of(run) | {"wires": {}})
    await browser.until(lambda state: state["wires"] == {})


@pytest.mark.slow
async def test_ten_words_a_second_are_four_messages_and_the_last_word_is_told(
    browsers: Browsers, alice: Person, run: Run
) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda state: state["nodes"])
    began = time.monotonic()
    for number in range(1, 21):
        await publish(run, status_of(run) | {"wires": {WIRE: wire(frames=number)}})
        await asyncio.sleep(0.1)
    await browser.until(lambda state: state["wires"][WIRE]["frames"] == 20)
    seconds = time.monotonic() - began
    assert len(browser.messages) <= 4 * (seconds + 1) + 1


async def test_a_word_that_makes_no_sense_changes_nothing(browsers: Browsers, alice: Person, run: Run) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda state: state["nodes"])
    nonsense: list[dict[str, Any]] = [
        {"type": "run.status"},
        {"type": "run.status", "run": run.pk, "nodes": [], "wires": 7},
        {"type": "run.status", "run": run.pk, "nodes": {"caption": {"attempt": "x"}}, "wires": {}},
        {"type": "unheard of"},
    ]
    for message in nonsense:
        await publish(run, message)
    await publish(run, status_of(run, caption=word("degraded")))
    await browser.until(lambda state: state["nodes"]["caption"]["state"] == "degraded")


async def test_what_a_lost_bell_should_have_told_is_found_by_looking(
    browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.2)
    browser = await browsers.open(alice)
    await browser.until(lambda _state: True)
    await sync_to_async(Pipeline.objects.filter(pk=alice.pipeline.pk).update)(name="Quietly renamed")
    await browser.until(lambda state: state["pipeline"]["name"] == "Quietly renamed")


@pytest.mark.slow
async def test_an_agent_that_fell_silent_no_longer_knows_better(
    browsers: Browsers, alice: Person, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(feed, "STATUS_SECONDS", 1.0)
    browser = await browsers.open(alice)
    await browser.until(lambda state: state["nodes"])
    await publish(run, status_of(run))
    await browser.until(lambda state: state["nodes"]["caption"]["state"] == "ready" and state["wires"])
    await browser.until(lambda state: state["nodes"]["caption"]["state"] == "starting" and not state["wires"])


async def test_an_idle_socket_gets_a_heartbeat(
    browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "HEARTBEAT_SECONDS", 0.3)
    browser = await browsers.open(alice)
    await wait_until(lambda: len(browser.messages) >= 3)
    assert browser.messages[1] == {"type": "patch", "seq": 2, "patch": {}}


async def test_a_feed_begins_with_the_first_socket_and_ends_with_the_last(browsers: Browsers, alice: Person) -> None:
    consumer = browsers.consumer
    first, second = await browsers.open(alice), await browsers.open(alice)
    for browser in (first, second):
        await browser.until(lambda _state: True)
    assert len(consumer.feeds) == 1
    tasks = len(asyncio.all_tasks())
    await first.leave()
    assert len(consumer.feeds) == 1
    await second.leave()
    assert len(consumer.feeds) == 0
    assert len(asyncio.all_tasks()) < tasks


async def test_nothing_is_left_on_the_layer_however_short_a_visit_was(browsers: Browsers, alice: Person) -> None:
    group = pipeline_group(pipeline_id=alice.pipeline.pk)
    for pause in (0.0, 0.001, 0.003, 0.01, 0.03, 0.1):
        browser = await browsers.open(alice)
        await asyncio.sleep(pause)
        await browser.leave()
    layer: Any = get_channel_layer()
    assert layer.channels == {}
    assert not [name for name in layer.groups if name.endswith(group)]


async def test_two_processes_show_the_same(browsers: Browsers, alice: Person, run: Run) -> None:
    others = Browsers(LiveConsumer())
    try:
        here, there = await browsers.open(alice), await others.open(alice)
        for browser in (here, there):
            await browser.until(lambda state: state["nodes"])
        await publish(run, status_of(run, caption=word("degraded")))
        for browser in (here, there):
            await browser.until(lambda state: state["nodes"]["caption"]["state"] == "degraded")
        assert here.state == there.state
    finally:
        await others.close()


@pytest.mark.slow
async def test_a_hundred_reconnects_with_random_gaps_end_in_the_same_state(
    browsers: Browsers, alice: Person, deadline: datetime.datetime
) -> None:
    """Whoever leaves and comes back misses nothing: each time the state is what those who stayed have."""
    now = clock.now()
    run = await sync_to_async(request_run)(version=alice.version, now=now, deadline=deadline, host="studio")
    stayed = await browsers.open(alice)
    await stayed.until(lambda state: state["nodes"])
    done = asyncio.Event()

    async def make_news() -> None:
        number = 0
        while not done.is_set():
            number += 1
            said = word("degraded" if number % 3 else "ready", reason=str(number), measures={"frames": number})
            await publish(run, status_of(run, caption=said))
            await asyncio.sleep(0.03)

    news = asyncio.create_task(make_news())
    for round_ in range(100):
        browser = await browsers.open(alice)
        await asyncio.sleep((round_ * 7919 % 50) / 1000)
        await browser.until(lambda _state: True)
        if round_ % 10:
            await browser.leave()
        elif round_ % 20:
            await browser.say({"type": "resync"})
    done.set()
    await news
    last = await browsers.open(alice)
    fresh = await last.until(lambda _state: True)
    for browser in browsers.opened_now():
        await browser.until(lambda state: state == fresh)
