import datetime

import pytest
from django.db import connection
from pytest_django import Settings

from factory.domain.accounts.audit import events_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team
from factory.domain.secrets import services
from factory.domain.secrets.keys import key_id
from factory.domain.secrets.models import PastSecret, Secret
from factory.domain.secrets.opening import open_secrets, past_values
from factory.domain.secrets.selectors import names_of, secret_of, secrets_of
from factory.domain.secrets.services import (
    KEPT_PAST,
    MOST_VALUE_BYTES,
    SecretRefused,
    SecretUnknown,
    delete_secret,
    forget_past_secrets,
    put_secret,
    rotate_batch,
)
from tests.factory.domain.secrets.conftest import NEW_KEY, OLD_KEY

VALUE = "hunter2, ünïcode and 'quotes'"


def opened(team: Team, name: str) -> str:
    return "".join(open_secrets(team=team.slug, names=[name]).values[name])


def test_what_was_stored_opens_again_and_the_row_does_not_hold_it(
    team: Team, alice: User, now: datetime.datetime
) -> None:
    secret = put_secret(team=team, name="stream_key", value=VALUE, by=alice, now=now)

    assert opened(team, "stream_key") == VALUE
    assert (secret.version, secret.made_by, secret.changed_at, secret.key_id) == (1, alice, now, key_id(OLD_KEY))
    assert VALUE.encode() not in bytes(secret.ciphertext)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM secrets_secret")
        assert "hunter2" not in repr(cursor.fetchall())


def test_the_same_value_is_never_sealed_alike(team: Team, now: datetime.datetime) -> None:
    sealed = {
        bytes(put_secret(team=team, name=name, value=VALUE, by=None, now=now).ciphertext) for name in ("a", "a", "b")
    }

    assert len(sealed) == 3


def test_a_second_value_takes_the_place_of_the_first(team: Team, alice: User, now: datetime.datetime) -> None:
    put_secret(team=team, name="stream_key", value="first", by=None, now=now)
    later = now + datetime.timedelta(days=1)
    put_secret(team=team, name="stream_key", value="second", by=alice, now=later)

    secret = secret_of(team=team, name="stream_key")

    assert secret is not None
    assert (secret.version, secret.made_at, secret.changed_at, secret.changed_by) == (2, now, later, alice)
    assert opened(team, "stream_key") == "second"
    assert [each.name for each in secrets_of(team=team)] == ["stream_key"]


@pytest.mark.parametrize("name", ["", "Stream", "1st", "a-b", "a b", "x" * 41, "secret:a", "a\0"])
def test_what_cannot_be_a_name_is_refused(team: Team, now: datetime.datetime, name: str) -> None:
    with pytest.raises(SecretRefused, match="lowercase"):
        put_secret(team=team, name=name, value="x", by=None, now=now)


@pytest.mark.parametrize(
    "value", ["", "a\0b", "\ud800", "x" * (MOST_VALUE_BYTES + 1), "ä" * (MOST_VALUE_BYTES // 2 + 1)]
)
def test_what_cannot_be_handed_over_is_refused_and_not_repeated(team: Team, now: datetime.datetime, value: str) -> None:
    with pytest.raises(SecretRefused) as refused:
        put_secret(team=team, name="key", value=value, by=None, now=now)

    assert not value or value not in refused.value.message
    assert not Secret.objects.exists()


def test_a_value_may_be_as_long_as_the_bound(team: Team, now: datetime.datetime) -> None:
    put_secret(team=team, name="key", value="x" * MOST_VALUE_BYTES, by=None, now=now)

    assert len(opened(team, "key")) == MOST_VALUE_BYTES


def test_a_team_has_no_more_secrets_than_the_bound(
    team: Team, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_SECRETS_A_TEAM", 2)
    for name in ("a", "b", "a"):
        put_secret(team=team, name=name, value="x", by=None, now=now)

    with pytest.raises(SecretRefused, match="delete one"):
        put_secret(team=team, name="c", value="x", by=None, now=now)


def test_every_change_is_in_the_audit_log_without_the_value(team: Team, alice: User, now: datetime.datetime) -> None:
    for value in (VALUE, f"{VALUE}2"):
        put_secret(team=team, name="stream_key", value=value, by=alice, now=now)
    delete_secret(team=team, name="stream_key", by=alice, now=now)

    told = [(event.action, event.subject, event.actor, event.details) for event in events_of(team=team)]

    assert told == [
        ("secret.deleted", "stream_key", alice, {}),
        ("secret.changed", "stream_key", alice, {"version": 2}),
        ("secret.made", "stream_key", alice, {"version": 1}),
    ]


def test_a_deleted_secret_is_gone_and_deleting_another_is_an_error(team: Team, now: datetime.datetime) -> None:
    put_secret(team=team, name="key", value="x", by=None, now=now)
    other = create_team(slug="other", name="Other")

    with pytest.raises(SecretUnknown):
        delete_secret(team=other, name="key", by=None, now=now)
    delete_secret(team=team, name="key", by=None, now=now)

    assert names_of(team=team) == frozenset()


def test_old_secrets_are_sealed_anew_in_batches_and_the_old_key_can_go(
    team: Team, now: datetime.datetime, settings: Settings
) -> None:
    for number in range(5):
        put_secret(team=team, name=f"key_{number}", value=f"value {number}", by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY, OLD_KEY]
    put_secret(team=team, name="new", value="newest", by=None, now=now)

    first = rotate_batch(most=3)
    second = rotate_batch(most=3, after=first[1])
    third = rotate_batch(most=3, after=second[1])
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY]

    assert (first[0], second[0], third) == (3, 2, (0, second[1], []))
    assert [opened(team, f"key_{number}") for number in range(5)] == [f"value {number}" for number in range(5)]
    assert opened(team, "new") == "newest"
    assert set(Secret.objects.values_list("version", flat=True)) == {1}


def test_what_cannot_be_opened_is_told_and_does_not_stop_the_others(
    team: Team, now: datetime.datetime, settings: Settings
) -> None:
    put_secret(team=team, name="lost", value="x", by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = ["a-third-key-of-at-least-thirty-two-characters"]
    put_secret(team=team, name="kept", value="y", by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY, *settings.FACTORY_SECRETS_KEYS]

    done, _last, refused = rotate_batch(most=10)

    assert done == 1
    (problem,) = refused
    assert "lost" in problem
    assert "FACTORY_SECRETS_KEYS" in problem


def test_a_replaced_value_is_kept_sealed_until_no_run_can_have_it(
    team: Team, now: datetime.datetime, settings: Settings
) -> None:
    for value in ("first", "second"):
        put_secret(team=team, name="key", value=value, by=None, now=now)
    put_secret(team=team, name="other", value="third", by=None, now=now)
    delete_secret(team=team, name="other", by=None, now=now + KEPT_PAST / 2)

    assert past_values(team=team.slug) == {"first", "third"}
    assert past_values(team=team.slug, names=["key"]) == {"first"}
    assert past_values(team="elsewhere") == frozenset()
    assert not any(b"first" in bytes(row.ciphertext) for row in PastSecret.objects.all())

    assert forget_past_secrets(now=now + KEPT_PAST) == 0
    assert forget_past_secrets(now=now + KEPT_PAST + datetime.timedelta(seconds=1)) == 1
    assert past_values(team=team.slug) == {"third"}


def test_past_values_are_sealed_anew_as_well_and_a_lost_one_is_passed_over(
    team: Team, now: datetime.datetime, settings: Settings
) -> None:
    for value in ("first", "second"):
        put_secret(team=team, name="key", value=value, by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY, OLD_KEY]

    assert rotate_batch(rows_of=PastSecret, most=10)[0] == 1
    settings.FACTORY_SECRETS_KEYS = [NEW_KEY]
    assert past_values(team=team.slug) == {"first"}
    settings.FACTORY_SECRETS_KEYS = [OLD_KEY]
    assert past_values(team=team.slug) == frozenset()


def test_beyond_the_bound_the_oldest_past_values_go(
    team: Team, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_PAST_A_TEAM", 2)

    for number in range(5):
        put_secret(team=team, name="key", value=f"value {number}", by=None, now=now)

    assert past_values(team=team.slug) == {"value 2", "value 3"}
