"""Who is let in, who is sent away with which code, and what a client may say and how often."""

import asyncio
import dataclasses
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory.domain.accounts.models import Team
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.doors.live import live_socket, send_window
from factory.doors.live.close_codes import CloseCode
from factory.doors.live.consumer import LiveConsumer
from factory.doors.live.routing import serve_websockets
from factory.doors.live.seats import MOST_A_USER, Seats
from tests.factory.doors.live.browser import ORIGIN, Browsers, Person, address_of, sign_in, sign_up
from tests.factory.doors.nodes.instances import wait_until


async def _code_for(browsers: Browsers, person: Person, path: str | None = None) -> int:
    browser = await browsers.open(person, path=path)
    return await browser.until_closed()


def _bob(alice: Person, role: Role | None) -> Person:
    """Someone else, in alice's team where a role is given."""
    user = sign_up("bob")
    if role is not None:
        set_role(team=alice.pipeline.team, user=user, role=role)
    return dataclasses.replace(alice, user=user, session=sign_in(user))


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.DEVELOPER, Role.OPERATOR, Role.VIEWER])
async def test_whoever_may_see_gets_the_snapshot_first(role: Role, browsers: Browsers, alice: Person) -> None:
    bob = await sync_to_async(_bob)(alice, role)
    browser = await browsers.open(bob)
    state = await browser.until(lambda _state: True)
    assert state["pipeline"]["name"] == "hello"
    assert (browser.messages[0]["type"], browser.messages[0]["seq"]) == ("snapshot", 1)


async def test_a_member_who_may_not_see_is_sent_away(browsers: Browsers, alice: Person) -> None:
    billing = await sync_to_async(_bob)(alice, Role.BILLING)
    assert await _code_for(browsers, billing) == CloseCode.NOT_ALLOWED


async def test_to_strangers_there_is_no_such_pipeline(browsers: Browsers, alice: Person) -> None:
    stranger = await sync_to_async(_bob)(alice, None)
    assert await _code_for(browsers, stranger) == CloseCode.NO_SUCH_PIPELINE


async def test_what_is_not_there_is_not_there(browsers: Browsers, alice: Person) -> None:
    for path in ("/live/alice/nothing/", "/live/nobody/hello/"):
        assert await _code_for(browsers, alice, path) == CloseCode.NO_SUCH_PIPELINE


async def test_a_pipeline_is_found_in_its_own_team_alone(browsers: Browsers, alice: Person) -> None:
    await sync_to_async(create_team)(slug="other", name="Other", owner=alice.user)
    assert await _code_for(browsers, alice, "/live/other/hello/") == CloseCode.NO_SUCH_PIPELINE


@pytest.mark.parametrize("session", ["", "unknown", "deactivated"])
async def test_who_is_not_signed_in_is_told_so(session: str, browsers: Browsers, alice: Person) -> None:
    if session == "deactivated":
        alice.user.is_active = False
        await alice.user.asave()
    else:
        alice.session = "" if session == "" else "k" * 32
    assert await _code_for(browsers, alice) == CloseCode.NOT_SIGNED_IN


async def test_a_foreign_page_is_refused_before_anybody_is_looked_up(layer: None, alice: Person) -> None:
    cookie = (b"cookie", f"sessionid={alice.session}".encode())
    for origin in ([], [(b"origin", b"https://evil.example")], [(b"origin", b"null")]):
        headers = [cookie, *origin]
        socket = WebsocketCommunicator(serve_websockets(LiveConsumer()), address_of(alice.pipeline), headers=headers)
        assert (await socket.connect())[0] is False
        assert "user" not in socket.scope


@pytest.mark.parametrize("path", ["/", "/live/", "/live/alice/", "/live/alice/hello", "/live/a/b/c/", "/other/"])
async def test_other_addresses_are_refused(path: str, layer: None) -> None:
    socket = WebsocketCommunicator(serve_websockets(LiveConsumer()), path, headers=[(b"origin", ORIGIN.encode())])
    assert (await socket.connect())[0] is False


async def test_a_person_may_have_twenty_sockets_and_one_who_leaves_frees_a_seat(
    browsers: Browsers, alice: Person
) -> None:
    opened = [await browsers.open(alice) for _ in range(MOST_A_USER)]
    assert await _code_for(browsers, alice) == CloseCode.TOO_MANY
    bob = await sync_to_async(_bob)(alice, Role.VIEWER)
    await (await browsers.open(bob)).until(lambda _state: True)
    await opened[0].leave()
    await (await browsers.open(alice)).until(lambda _state: True)


def test_everybody_together_has_a_bounded_number_of_seats() -> None:
    seats = Seats(2)
    assert [seats.take(1), seats.take(2), seats.take(3)] == [True, True, False]
    seats.free(1)
    assert seats.take(3)


@pytest.mark.parametrize(
    "said", ["no json", '{"type": "subscribe", "group": "run.x"}', "x" * 5000, '{"type": "ack", "seq": 99}']
)
async def test_what_is_not_understood_closes_the_socket(said: str, browsers: Browsers, alice: Person) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda _state: True)
    await browser.say(said)
    assert await browser.until_closed() == CloseCode.NOT_UNDERSTOOD


async def test_resync_brings_a_new_snapshot(browsers: Browsers, alice: Person) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda _state: True)
    await browser.say({"type": "resync"})
    await wait_until(lambda: len(browser.messages) == 2)
    assert [message["type"] for message in browser.messages] == ["snapshot"] * 2
    assert browser.messages[0]["state"] == browser.messages[1]["state"]


async def test_more_than_twenty_extras_a_second_close_the_socket(browsers: Browsers, alice: Person) -> None:
    browser = await browsers.open(alice)
    await browser.until(lambda _state: True)
    for _ in range(25):
        await browser.say({"type": "resync"})
    assert await browser.until_closed() == CloseCode.NOT_UNDERSTOOD
    assert len(browser.messages) <= 4


async def test_what_is_not_acknowledged_in_time_closes_the_socket(
    browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_window, "ACK_SECONDS", 0.5)
    browser = await browsers.open(alice, acks=False)
    assert await browser.until_closed() == CloseCode.TOO_SLOW


@pytest.mark.slow
async def test_a_full_window_is_sent_nothing_more_and_after_the_acks_a_snapshot(
    browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(send_window, "MOST_UNACKNOWLEDGED", 3)
    browser = await browsers.open(alice, acks=False)
    await wait_until(lambda: len(browser.messages) == 3)
    await asyncio.sleep(1.2)
    assert len(browser.messages) == 3
    await browser.say({"type": "ack", "seq": 3})
    await wait_until(lambda: len(browser.messages) > 3)
    assert [message["type"] for message in browser.messages[:4]] == ["snapshot", "patch", "patch", "snapshot"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_whatever_a_client_says_no_other_groups_are_heard(said: str | bytes) -> None:
    """Groups come from what the server looked up; a socket has no way to name one."""
    heard: list[Any] = []

    async def talk() -> None:
        socket = live_socket.LiveSocket(_NoFeed(heard), _once(said), _drop)  # type: ignore[arg-type]
        await socket.talk()

    asyncio.run(talk())
    assert heard == []


class _NoFeed:
    """Shows nothing, and keeps what it is asked for."""

    view = None
    has_ended = False

    def __init__(self, heard: list[Any]) -> None:
        self._heard = heard

    def __getattr__(self, name: str) -> Any:
        self._heard.append(name)
        raise AttributeError(name)


def _once(said: str | bytes) -> Any:
    events = iter([{"text": said} if isinstance(said, str) else {"bytes": said}])

    async def receive() -> Any:
        event = next(events, None)
        return {"type": "websocket.receive", **event} if event else {"type": "websocket.disconnect"}

    return receive


async def _drop(_message: Any) -> None:
    pass


async def test_teams_are_told_apart_by_who_asks_and_not_by_what_is_asked(browsers: Browsers, alice: Person) -> None:
    """Two teams may have pipelines of one name."""
    bob = await sync_to_async(_bob)(alice, None)

    def make() -> Team:
        return create_team(slug="bob", name="Bob", owner=bob.user)

    await sync_to_async(make)()
    assert await _code_for(browsers, bob, "/live/bob/hello/") == CloseCode.NO_SUCH_PIPELINE
