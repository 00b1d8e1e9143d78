import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from pytest_django import Settings

from factory.domain.accounts.models import User
from factory.domain.accounts.sign_in_links import LIFETIME, make_link_token, use_link_token

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", password=None)


def test_a_link_lets_its_person_in_once(alice: User) -> None:
    token = make_link_token(user=alice, now=NOW)

    assert use_link_token(token=token, now=NOW) == alice
    assert use_link_token(token=token, now=NOW) is None


def test_a_link_made_in_the_second_of_its_use_is_used_up_as_well(alice: User) -> None:
    use_link_token(token=make_link_token(user=alice, now=NOW), now=NOW)
    alice.refresh_from_db()
    token = make_link_token(user=alice, now=NOW)

    assert use_link_token(token=token, now=NOW) == alice
    assert use_link_token(token=token, now=NOW) is None


def test_a_link_dies_after_a_day(alice: User) -> None:
    token = make_link_token(user=alice, now=NOW)

    assert use_link_token(token=token, now=NOW + LIFETIME + SECOND) is None
    assert use_link_token(token=token, now=NOW - SECOND) is None
    assert use_link_token(token=token, now=NOW + LIFETIME) == alice


def test_a_link_dies_with_another_sign_in_and_with_a_new_password(alice: User) -> None:
    token = make_link_token(user=alice, now=NOW)
    User.objects.filter(pk=alice.pk).update(last_login=NOW)
    assert use_link_token(token=token, now=NOW) is None

    alice.refresh_from_db()
    token = make_link_token(user=alice, now=NOW)
    alice.set_password("another one entirely")
    alice.save()
    assert use_link_token(token=token, now=NOW) is None


def test_someone_who_is_no_longer_active_stays_out(alice: User) -> None:
    token = make_link_token(user=alice, now=NOW)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert use_link_token(token=token, now=NOW) is None


def test_a_link_opens_no_other_account_and_cannot_be_made_younger(alice: User) -> None:
    bob = User.objects.create_user("bob")
    person, made, digest = make_link_token(user=alice, now=NOW).split(".")

    assert use_link_token(token=f"{bob.pk}.{made}.{digest}", now=NOW) is None
    assert use_link_token(token=f"{person}.{int(made) + 1}.{digest}", now=NOW + SECOND) is None
    assert use_link_token(token=f"{person}.{made}.{digest[:-1]}", now=NOW) is None


@pytest.mark.parametrize(
    "token", ["", ".", "..", "1.2", "1.2.3.4", "x.y.z", "1.²³.z", "9" * 79, "9" * 30 + ".1.z", "1.1.\udcff"]
)
def test_nonsense_is_refused(alice: User, token: str) -> None:
    assert use_link_token(token=token, now=NOW) is None


def test_a_link_outlives_a_new_secret_key_while_the_old_one_is_listed(alice: User, settings: Settings) -> None:
    token = make_link_token(user=alice, now=NOW)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "a new key"

    assert use_link_token(token=token, now=NOW) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert use_link_token(token=token, now=NOW) == alice


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_is_let_in(alice: User) -> None:
    token = make_link_token(user=alice, now=NOW)

    def use(_number: int) -> bool:
        try:
            return use_link_token(token=token, now=NOW) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
