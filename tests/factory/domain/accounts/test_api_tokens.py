import dataclasses
import datetime
import re

import pytest
from pytest_django import DjangoAssertNumQueries

from factory.domain.accounts.api_tokens import (
    SCANNING_PATTERN,
    ApiTokenRefused,
    ApiTokenUnknown,
    make_api_token,
    revoke_api_token,
    token_of,
    tokens_of,
)
from factory.domain.accounts.members import let_go
from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import ApiToken, AuditEvent, Team, User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role

DAY = datetime.timedelta(days=1)


def make(by: Membership, now: datetime.datetime, *scopes: Action, ends: datetime.datetime | None = None) -> str:
    _, text = make_api_token(membership=by, name="job", scopes=scopes or (Action.SEE,), now=now, expires_at=ends)
    return text


def test_a_token_is_found_by_its_text_alone_which_no_row_holds(owner: Membership, now: datetime.datetime) -> None:
    text = make(owner, now)

    found = token_of(text=text, now=now)

    assert found is not None
    assert re.fullmatch(SCANNING_PATTERN, text)
    kept = ApiToken.objects.values().get()
    assert text not in str(kept)
    assert text.startswith(kept["prefix"])


def test_what_cannot_be_a_token_costs_no_query(
    owner: Membership, now: datetime.datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = make(owner, now)
    other = "a" if text[-1] != "a" else "b"

    with django_assert_num_queries(0):
        assert all(token_of(text=bad, now=now) is None for bad in ("", "mpf_", text[:-1] + other, text + "é", "x" * 99))


def test_its_last_use_is_noted_at_most_once_a_minute(owner: Membership, now: datetime.datetime) -> None:
    text = make(owner, now)
    token_of(text=text, now=now)
    token_of(text=text, now=now + datetime.timedelta(seconds=59))
    assert ApiToken.objects.get().last_used_at == now

    later = now + datetime.timedelta(seconds=61)
    token_of(text=text, now=later)
    assert ApiToken.objects.get().last_used_at == later


def test_one_that_is_expired_or_revoked_or_whose_person_is_gone_lets_nobody_in(
    owner: Membership, admin: Membership, now: datetime.datetime
) -> None:
    expired = make(owner, now, ends=now + DAY)
    assert token_of(text=expired, now=now + DAY) is None

    revoked = make(owner, now)
    row = token_of(text=revoked, now=now)
    assert row is not None
    revoke_api_token(membership=owner, token_id=row.pk, now=now)
    assert token_of(text=revoked, now=now) is None

    of_bob = make(admin, now)
    let_go(by=owner, user_id=admin.user.pk, now=now)
    assert token_of(text=of_bob, now=now) is None


def test_it_is_for_no_more_than_its_person_may_and_than_its_scopes_say(
    owner: Membership, bob: User, studio: Team, now: datetime.datetime
) -> None:
    set_role(team=studio, user=bob, role=Role.OPERATOR)
    operator = membership_of(user=bob, slug="studio")
    assert operator is not None
    with pytest.raises(ApiTokenRefused, match="edit"):
        make(operator, now, Action.RUN, Action.EDIT)

    token = token_of(text=make(operator, now, Action.SEE, Action.RUN), now=now)
    by_token = membership_of(user=bob, slug="studio", token=token)
    assert by_token is not None
    assert [action for action in Action if by_token.may(action)] == [Action.SEE, Action.RUN]

    set_role(team=studio, user=bob, role=Role.VIEWER)
    lesser = membership_of(user=bob, slug="studio", token=token)
    assert lesser is not None
    assert [action for action in Action if lesser.may(action)] == [Action.SEE]


def test_it_opens_one_team_alone(owner: Membership, alice: User, now: datetime.datetime) -> None:
    create_team(slug="other", name="Other", owner=alice)
    token = token_of(text=make(owner, now), now=now)

    assert membership_of(user=alice, slug="other", token=token) is None
    assert membership_of(user=alice, slug="studio", token=token) is not None


def test_members_see_and_revoke_their_own_and_administrators_all(
    owner: Membership, bob: User, studio: Team, now: datetime.datetime
) -> None:
    set_role(team=studio, user=bob, role=Role.VIEWER)
    viewer = membership_of(user=bob, slug="studio")
    assert viewer is not None
    make(owner, now)
    make(viewer, now)

    assert [token.user for token in tokens_of(membership=viewer)] == [bob]
    assert tokens_of(membership=owner).count() == 2
    foreign = tokens_of(membership=owner).get(user=owner.user)
    with pytest.raises(ApiTokenUnknown):
        revoke_api_token(membership=viewer, token_id=foreign.pk, now=now)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines"])
def test_a_name_that_cannot_be_one_is_refused(owner: Membership, now: datetime.datetime, name: str) -> None:
    with pytest.raises(ApiTokenRefused, match="Name"):
        make_api_token(membership=owner, name=name, scopes=[Action.SEE], now=now)


def test_no_scope_and_an_end_in_the_past_are_refused(owner: Membership, now: datetime.datetime) -> None:
    with pytest.raises(ApiTokenRefused, match="scope"):
        make_api_token(membership=owner, name="job", scopes=[], now=now)
    with pytest.raises(ApiTokenRefused, match="future"):
        make(owner, now, ends=now)


def test_no_token_is_for_the_team_itself(owner: Membership, now: datetime.datetime) -> None:
    with pytest.raises(ApiTokenRefused, match="owners do that on the site"):
        make(owner, now, Action.SEE, Action.OWN)


def test_making_and_revoking_are_written_down_without_the_token(owner: Membership, now: datetime.datetime) -> None:
    text = make(owner, now)
    revoke_api_token(membership=owner, token_id=ApiToken.objects.get().pk, now=now)

    events = list(AuditEvent.objects.values())
    assert [event["action"] for event in events] == ["token.made", "token.revoked"]
    assert text not in str(events)


def test_there_is_a_most_of_them(owner: Membership, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory.domain.accounts.api_tokens.MOST_TOKENS", 2)
    make(owner, now)
    make(owner, now)

    with pytest.raises(ApiTokenRefused, match="revoke one"):
        make(owner, now)


def test_the_membership_of_a_token_differs_from_its_persons(owner: Membership, now: datetime.datetime) -> None:
    token = token_of(text=make(owner, now), now=now)

    assert not dataclasses.replace(owner, token=token).may(Action.OWN)
