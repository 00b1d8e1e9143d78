"""Whoever may no longer look is shown nothing more, within seconds, at the price of three queries."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factory.domain.accounts.models import Member, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import remove_member, set_role
from factory.doors.live import watch
from factory.doors.live.access import Claim, refused, rights_of
from factory.doors.live.close_codes import CloseCode
from tests.factory.doors.live.browser import Browsers, Person, sign_in, sign_up

LONG = 3600.0


def _remove(alice: Person) -> None:
    remove_member(team=alice.pipeline.team, user=alice.user)


def _demote(alice: Person) -> None:
    set_role(team=alice.pipeline.team, user=alice.user, role=Role.BILLING)


def _deactivate(alice: Person) -> None:
    alice.user.is_active = False
    alice.user.save()


def _sign_out(alice: Person) -> None:
    Session.objects.filter(session_key=alice.session).delete()


def _change_password(alice: Person) -> None:
    alice.user.set_password("another long password")
    alice.user.save()


def _delete(alice: Person) -> None:
    User.objects.filter(pk=alice.user.pk).delete()


@pytest.mark.parametrize(
    ("revoke", "code"),
    [
        (_remove, CloseCode.NOT_ALLOWED),
        (_demote, CloseCode.NOT_ALLOWED),
        (_deactivate, CloseCode.NOT_SIGNED_IN),
        (_change_password, CloseCode.NOT_SIGNED_IN),
        (_delete, CloseCode.NOT_SIGNED_IN),
    ],
)
async def test_what_this_process_hears_of_closes_at_once(
    revoke: Callable[[Person], None],
    code: CloseCode,
    browsers: Browsers,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", LONG)
    browser = await browsers.open(alice)
    await browser.until(lambda _state: True)
    await sync_to_async(revoke)(alice)
    assert await browser.until_closed() == code


@pytest.mark.parametrize(("revoke", "code"), [(_sign_out, CloseCode.NOT_SIGNED_IN), ("quietly", CloseCode.NOT_ALLOWED)])
async def test_what_happens_elsewhere_is_found_by_looking(
    revoke: Any, code: CloseCode, browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.2)
    bob = await sync_to_async(_bob)(alice)
    browser, other = await browsers.open(alice), await browsers.open(bob)
    for one in (browser, other):
        await one.until(lambda _state: True)
    if revoke == "quietly":
        await sync_to_async(Member.objects.filter(user=alice.user).update)(role=Role.BILLING)
    else:
        await sync_to_async(revoke)(alice)
    assert await browser.until_closed() == code
    await asyncio.sleep(0.5)
    assert other.code is None


@pytest.mark.parametrize("before", [Role.DEVELOPER, Role.VIEWER])
async def test_whoever_may_do_other_things_than_before_has_to_come_again(
    before: Role, browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", LONG)
    bob = await sync_to_async(_bob)(alice, before)
    browser = await browsers.open(bob)
    await browser.until(lambda _state: True)
    await sync_to_async(set_role)(team=alice.pipeline.team, user=bob.user, role=Role.OPERATOR)
    assert await browser.until_closed() == CloseCode.OTHER_RIGHTS
    again = await browsers.open(bob)
    await again.until(lambda _state: True)


async def test_another_role_with_the_same_rights_disturbs_nobody(
    browsers: Browsers, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.1)
    bob = await sync_to_async(_bob)(alice, Role.DEVELOPER)
    browser = await browsers.open(bob)
    await browser.until(lambda _state: True)
    await sync_to_async(set_role)(team=alice.pipeline.team, user=bob.user, role=Role.ADMIN)
    await asyncio.sleep(0.8)
    assert browser.code is None


def test_looking_happens_often_enough_for_five_seconds() -> None:
    assert watch.LOOK_SECONDS + watch.SOON_SECONDS <= 3.0


def _bob(alice: Person, role: Role = Role.VIEWER) -> Person:
    user = sign_up("bob")
    set_role(team=alice.pipeline.team, user=user, role=role)
    return Person(user, sign_in(user), alice.pipeline, alice.version)


def test_a_hundred_claims_cost_as_many_queries_as_one(alice: Person) -> None:
    people = [_person(alice, number) for number in range(100)]
    rights = rights_of(Role.VIEWER)
    team = alice.pipeline.team_id
    claims = [Claim(user.pk, sign_in(user), user.get_session_auth_hash(), team, rights) for user in people]
    counts = []
    for some in (claims[:1], claims):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert refused(some) == {}
        counts.append(len(queries))
    assert counts == [3, 3]


def _person(alice: Person, number: int) -> User:
    user = User(username=f"person{number}", password="!")
    user.save()
    set_role(team=alice.pipeline.team, user=user, role=Role.VIEWER)
    return user
