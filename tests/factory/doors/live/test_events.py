"""For everything that can happen: what a browser had, with the patches applied, is what one that comes now gets.

As Zulip's `verify_action`: whoever adds an event and forgets its bell gets a red test, not a stale browser.
"""

import datetime
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from components.contract.node_states import NodeState
from factory.domain.pipelines.selectors import draft_of, graph_of
from factory.domain.pipelines.services import freeze_version, save_draft
from factory.domain.runs import services
from factory.domain.runs.archiving import archive_pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.domain.runs.states import RunState
from factory.doors.live import feed
from factory.doors.live.close_codes import CloseCode
from factory.doors.live.consumer import LiveConsumer
from factory.foundation import clock
from tests.factory.doors.live.browser import Browser, Browsers, Person, holds
from tests.factory.doors.live.status import publish, status_of

HOST = "studio"
LONG = 3600.0

Act = Callable[[], Awaitable[Any]]


@pytest.fixture(autouse=True)
def only_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be found by looking for it: every event must have rung."""
    monkeypatch.setattr(feed, "LOOK_SECONDS", LONG)


@pytest.fixture
def run(alice: Person) -> Run:
    """A run of hello that waits."""
    now = clock.now()
    return request_run(version=alice.version, now=now, deadline=now + datetime.timedelta(hours=1), host=HOST)


async def verify(browsers: Browsers, alice: Person, act: Act, condition: Callable[[Any], bool]) -> dict[str, Any]:
    """Do it, and compare: the browser that was there, one that comes now, and one at another web process."""
    browser = await browsers.open(alice)
    before = await browser.until(lambda _state: True)
    assert not holds(condition, before)
    await act()
    state = await browser.until(condition)
    assert state != before
    assert [message["type"] for message in browser.messages][:2] == ["snapshot", "patch"]
    others = Browsers(LiveConsumer())
    try:
        for late in (await browsers.open(alice), await others.open(alice)):
            fresh = await late.until(lambda _state: True)
            await browser.until(lambda state, fresh=fresh: state == fresh)  # type: ignore[misc]
    finally:
        await others.close()
    return state


def _report(run: Run, **said: Any) -> Act:
    words: dict[str, Any] = {"state": NodeState.READY, "reason": "", "observed_revision": 1, "refused": None} | said

    def report() -> None:
        services.record_node_report(run_id=run.pk, node="caption", attempt=1, now=clock.now(), **words)

    return sync_to_async(report)


async def test_a_run_is_requested(browsers: Browsers, alice: Person, deadline: datetime.datetime) -> None:
    async def act() -> None:
        await sync_to_async(request_run)(version=alice.version, now=clock.now(), deadline=deadline, host=HOST)

    state = await verify(browsers, alice, act, lambda state: "run" in state)
    assert (state["run"]["state"], state["run"]["version"], state["run"]["wanted"]) == ("waiting", 1, True)
    assert state["nodes"].keys() == {"camera", "caption", "file"}
    assert "stopped_at" not in state["run"]


@pytest.mark.parametrize("way", ["starting", "starting ready", "starting degraded", "starting ready stopping"])
async def test_a_run_changes_its_state(way: str, browsers: Browsers, alice: Person, run: Run) -> None:
    *first, last = map(RunState, way.split())

    def move(new: RunState) -> None:
        run.move_to(new, now=clock.now(), reason=f"it is {new}")

    for new in first:
        await sync_to_async(move)(new)

    async def act() -> None:
        await sync_to_async(move)(last)

    state = await verify(browsers, alice, act, lambda state: state["run"]["state"] == last)
    assert state["run"]["reason"] == f"it is {last}"


@pytest.mark.parametrize("new", list(NodeState)[1:])
async def test_a_node_changes_its_state(new: NodeState, browsers: Browsers, alice: Person, run: Run) -> None:
    act = _report(run, state=new, reason="because")
    state = await verify(browsers, alice, act, lambda state: state["nodes"]["caption"]["state"] == new)
    assert state["nodes"]["caption"]["reason"] == "because"


async def test_someone_stops_a_run(browsers: Browsers, alice: Person, run: Run) -> None:
    async def act() -> None:
        await sync_to_async(services.request_stop)(run_id=run.pk, now=clock.now())

    await verify(browsers, alice, act, lambda state: state["run"]["wanted"] is False)


@pytest.mark.parametrize("end", [RunState.STOPPED, RunState.FAILED])
async def test_a_run_is_over(end: RunState, browsers: Browsers, alice: Person, run: Run) -> None:
    async def act() -> None:
        await publish(run, status_of(run))
        await sync_to_async(run.move_to)(end, now=clock.now(), reason="the end")

    state = await verify(browsers, alice, act, lambda state: state["run"]["state"] == end)
    assert state["wires"] == {}
    assert all(node["measures"] == {} for node in state["nodes"].values())
    assert "stopped_at" in state["run"]


async def test_a_new_run_takes_the_place_of_the_old(
    browsers: Browsers, alice: Person, run: Run, deadline: datetime.datetime
) -> None:
    await sync_to_async(run.move_to)(RunState.STOPPED, now=clock.now())

    async def act() -> None:
        await sync_to_async(request_run)(version=alice.version, now=clock.now(), deadline=deadline, host=HOST)

    await verify(browsers, alice, act, lambda state: state["run"]["id"] != run.pk)


async def test_a_parameter_is_changed_then_applied(browsers: Browsers, alice: Person, run: Run) -> None:
    async def change() -> None:
        await sync_to_async(services.change_parameters)(
            run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=clock.now()
        )

    state = await verify(browsers, alice, change, lambda state: state["nodes"]["caption"]["revision"] == 2)
    assert state["nodes"]["caption"]["parameters"]["text"] == "Bye"
    assert state["nodes"]["caption"]["observed_revision"] == 0
    applied = _report(run, observed_revision=2)
    await verify(browsers, alice, applied, lambda state: state["nodes"]["caption"]["observed_revision"] == 2)


async def test_a_parameter_is_refused(browsers: Browsers, alice: Person, run: Run) -> None:
    await _report(run)()
    await sync_to_async(services.change_parameters)(
        run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=clock.now()
    )
    refused = {"revision": 2, "reason": "too sad"}
    act = _report(run, refused=refused)
    state = await verify(browsers, alice, act, lambda state: "refused" in state["nodes"]["caption"])
    assert state["nodes"]["caption"]["refused"] == refused


async def test_a_file_is_opened_then_closed(browsers: Browsers, alice: Person, run: Run) -> None:
    file: dict[str, Any] = {"run_id": run.pk, "node": "file", "attempt": 1, "name": "a.mp4"}

    async def open_it() -> None:
        await sync_to_async(services.record_artifact_opened)(
            **file, media_type="video/mp4", path="/somewhere", now=clock.now()
        )

    async def close_it() -> None:
        await sync_to_async(services.record_artifact_closed)(**file, bytes=7, complete=True, now=clock.now())

    state = await verify(browsers, alice, open_it, lambda state: state["artifacts"] != {})
    [shown] = state["artifacts"].values()
    assert (shown["name"], shown["bytes"], shown["complete"], shown["closed"]) == ("a.mp4", 0, False, False)
    assert "path" not in shown
    state = await verify(
        browsers, alice, close_it, lambda state: any(one["closed"] for one in state["artifacts"].values())
    )
    [shown] = state["artifacts"].values()
    assert (shown["bytes"], shown["complete"]) == (7, True)


async def test_the_draft_is_saved_and_renamed(browsers: Browsers, alice: Person) -> None:
    def save() -> None:
        alice.pipeline.refresh_from_db()
        graph = graph_of(draft_of(alice.pipeline))
        renamed = type(graph)(name="Hello again", nodes=graph.nodes, wires=graph.wires)
        save_draft(
            pipeline=alice.pipeline,
            graph=renamed,
            expected_revision=alice.pipeline.revision,
            now=clock.now(),
            by=alice.user,
        )

    state = await verify(browsers, alice, sync_to_async(save), lambda state: state["pipeline"]["name"] == "Hello again")
    assert state["pipeline"]["saved_by"] == "alice@example.com"
    assert state["pipeline"]["revision"] == alice.pipeline.revision


async def test_a_version_is_frozen_and_run(browsers: Browsers, alice: Person, deadline: datetime.datetime) -> None:
    def start() -> None:
        version = freeze_version(pipeline=alice.pipeline, now=clock.now())
        request_run(version=version, now=clock.now(), deadline=deadline, host=HOST)

    await verify(browsers, alice, sync_to_async(start), lambda state: state["run"]["version"] == 2)


async def test_the_pipeline_is_archived_and_its_sockets_are_closed(browsers: Browsers, alice: Person) -> None:
    opened = [await browsers.open(alice) for _ in range(3)]
    for browser in opened:
        await browser.until(lambda _state: True)
    await sync_to_async(archive_pipeline)(pipeline=alice.pipeline, now=clock.now())
    for browser in opened:
        assert await browser.until_closed() == CloseCode.NO_SUCH_PIPELINE
    late: Browser = await browsers.open(alice)
    assert await late.until_closed() == CloseCode.NO_SUCH_PIPELINE
