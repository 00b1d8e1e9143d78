import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from factory.domain.accounts.audit import events_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.token_text import new_token
from factory.domain.pipelines import endpoint_tokens
from factory.domain.pipelines.endpoint_tokens import (
    EndpointTokenRefused,
    EndpointTokenUnknown,
    make_endpoint_token,
    revoke_endpoint_token,
    tokens_of,
)
from factory.domain.pipelines.models import Endpoint, EndpointKind, EndpointToken, Pipeline
from factory.domain.pipelines.passes import LIFETIME, make_pass
from factory.domain.pipelines.services import create_pipeline
from factory.domain.pipelines.token_checks import TOKEN_PREFIX, keeps, may_be_token, opens

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def pipeline(team: Team, now: datetime.datetime) -> Pipeline:
    return create_pipeline(team=team, name="webcam", now=now)


@pytest.fixture
def endpoint(pipeline: Pipeline, now: datetime.datetime) -> Endpoint:
    return Endpoint.objects.create(pipeline=pipeline, node="camera", kind=EndpointKind.WHIP, created_at=now)


@pytest.fixture
def other(pipeline: Pipeline, now: datetime.datetime) -> Endpoint:
    return Endpoint.objects.create(pipeline=pipeline, node="screen", kind=EndpointKind.WHEP, created_at=now)


def test_a_token_opens_its_own_endpoint_and_no_other(
    endpoint: Endpoint, other: Endpoint, now: datetime.datetime
) -> None:
    row, token = make_endpoint_token(endpoint=endpoint, name=" OBS ", by=None, now=now)

    assert (row.name, token[: len(row.prefix)]) == ("OBS", row.prefix)
    assert token.startswith("mpe_")
    assert opens(endpoint=endpoint.pk, token=token, now=now)
    assert not opens(endpoint=other.pk, token=token, now=now)
    assert not keeps(endpoint=other.pk, token=token, now=now)


def test_what_a_token_says_is_in_no_row(endpoint: Endpoint, now: datetime.datetime) -> None:
    row, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pipelines_endpointtoken")
        stored = repr(cursor.fetchall())

    assert token not in stored
    assert token[len(row.prefix) :] not in stored


def test_what_is_mistyped_or_made_up_costs_no_query(endpoint: Endpoint, now: datetime.datetime) -> None:
    _, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now)
    made_up = [
        "",
        "mpe_",
        token[:-1],
        token + "x",
        token.swapcase(),
        f"mpt_{token[4:]}",
        token[:-1] + "é",
        "mpe_" + "0" * 38,
    ]

    with CaptureQueriesContext(connection) as queries:
        assert not any(opens(endpoint=endpoint.pk, token=text, now=now) for text in made_up)

    assert len(queries) == 0
    assert not any(may_be_token(text) for text in made_up)
    assert not opens(endpoint=endpoint.pk, token=new_token(TOKEN_PREFIX), now=now)


def test_making_and_revoking_are_in_the_audit_log_without_what_opens(
    team: Team, endpoint: Endpoint, now: datetime.datetime
) -> None:
    alice = User.objects.create_user("alice")
    row, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=alice, now=now)
    revoke_endpoint_token(endpoint=endpoint, token_id=row.pk, by=None, now=now)

    revoked, made = events_of(team=team)

    assert (made.action, made.subject, made.actor) == ("endpoint_token.made", "OBS", alice)
    assert (revoked.action, revoked.actor) == ("endpoint_token.revoked", None)
    assert made.details == {"pipeline": "webcam", "node": "camera", "endpoint": endpoint.pk, "prefix": row.prefix}
    assert token not in str(made.details)


def test_an_expired_token_opens_nothing_new_and_does_for_what_was_begun(
    endpoint: Endpoint, now: datetime.datetime
) -> None:
    _, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now, expires_at=now + MINUTE)

    assert opens(endpoint=endpoint.pk, token=token, now=now)
    assert not opens(endpoint=endpoint.pk, token=token, now=now + MINUTE)
    assert keeps(endpoint=endpoint.pk, token=token, now=now + MINUTE)


def test_a_revoked_token_opens_nothing_new_and_does_for_what_was_begun(
    endpoint: Endpoint, other: Endpoint, now: datetime.datetime
) -> None:
    row, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now)

    with pytest.raises(EndpointTokenUnknown):
        revoke_endpoint_token(endpoint=other, token_id=row.pk, by=None, now=now)
    revoke_endpoint_token(endpoint=endpoint, token_id=row.pk, by=None, now=now)
    with pytest.raises(EndpointTokenUnknown):
        revoke_endpoint_token(endpoint=endpoint, token_id=row.pk, by=None, now=now)

    assert not opens(endpoint=endpoint.pk, token=token, now=now)
    assert keeps(endpoint=endpoint.pk, token=token, now=now)
    assert list(tokens_of(endpoint=endpoint)) == []


def test_its_use_is_noted_at_most_once_a_minute(endpoint: Endpoint, now: datetime.datetime) -> None:
    row, token = make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now)
    noted = []
    for seconds in (0, 59, 60):
        assert opens(endpoint=endpoint.pk, token=token, now=now + datetime.timedelta(seconds=seconds))
        row.refresh_from_db()
        noted.append(row.last_used_at)

    assert noted == [now, now, now + MINUTE]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_a_token_needs_a_name_that_people_can_read(endpoint: Endpoint, now: datetime.datetime, name: str) -> None:
    with pytest.raises(EndpointTokenRefused, match="Name the token"):
        make_endpoint_token(endpoint=endpoint, name=name, by=None, now=now)


@pytest.mark.parametrize("days", [-1, 0, 4000])
def test_an_end_that_is_past_or_too_far_is_refused(endpoint: Endpoint, now: datetime.datetime, days: int) -> None:
    with pytest.raises(EndpointTokenRefused, match="future"):
        expires_at = now + datetime.timedelta(days=days)
        make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=now, expires_at=expires_at)


def test_an_endpoint_has_no_more_tokens_than_the_bound(
    endpoint: Endpoint, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_tokens, "MOST_TOKENS", 2)
    for number in range(6):
        row, _ = make_endpoint_token(endpoint=endpoint, name=f"token {number}", by=None, now=now)
        revoke_endpoint_token(endpoint=endpoint, token_id=row.pk, by=None, now=now)
    for number in range(2):
        make_endpoint_token(endpoint=endpoint, name=f"token {number}", by=None, now=now)

    with pytest.raises(EndpointTokenRefused, match="revoke one"):
        make_endpoint_token(endpoint=endpoint, name="one too many", by=None, now=now)

    assert EndpointToken.objects.count() == 4


def test_a_pass_opens_its_endpoint_for_a_quarter_of_an_hour(
    endpoint: Endpoint, other: Endpoint, now: datetime.datetime
) -> None:
    alice = User.objects.create_user("alice")
    text, expires_at = make_pass(endpoint=endpoint, user=alice, now=now)
    nearly, over = now + LIFETIME - datetime.timedelta(seconds=1), now + LIFETIME

    with CaptureQueriesContext(connection) as queries:
        assert opens(endpoint=endpoint.pk, token=text, now=nearly)
        assert not opens(endpoint=endpoint.pk, token=text, now=over)
        assert keeps(endpoint=endpoint.pk, token=text, now=over)
        assert not opens(endpoint=other.pk, token=text, now=now)
        assert not keeps(endpoint=other.pk, token=text, now=now)

    assert (expires_at, len(queries)) == (over, 0)


def test_a_pass_that_was_changed_opens_nothing(endpoint: Endpoint, other: Endpoint, now: datetime.datetime) -> None:
    text, _ = make_pass(endpoint=endpoint, user=None, now=now)
    longer = text.replace(str(int((now + LIFETIME).timestamp())), str(int((now + 2 * LIFETIME).timestamp())))
    forged = [
        longer,
        text[:-1],
        text.replace(endpoint.pk, other.pk),
        "mpp_",
        "mpp_a.b.c.d",
        "mpp_é",
        "mpp_" + "9" * 200,
    ]

    for each in forged:
        assert each != text
        assert not opens(endpoint=endpoint.pk, token=each, now=now)
        assert not keeps(endpoint=other.pk, token=each, now=now)


def test_a_pass_of_an_earlier_key_holds_as_long_as_that_is_listed(
    endpoint: Endpoint, now: datetime.datetime, settings: Settings
) -> None:
    text, _ = make_pass(endpoint=endpoint, user=None, now=now)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert opens(endpoint=endpoint.pk, token=text, now=now)
    settings.SECRET_KEY_FALLBACKS = []
    assert not opens(endpoint=endpoint.pk, token=text, now=now)
