"""A team that has secrets, and keys that nobody else has."""

import datetime

import pytest
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team

OLD_KEY = "an-old-key-of-at-least-thirty-two-characters"
NEW_KEY = "a-new-key-of-at-least-thirty-two-characters-too"


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", email="alice@example.org")


@pytest.fixture
def team(alice: User) -> Team:
    return create_team(slug="studio", name="The studio", owner=alice)


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.FACTORY_SECRETS_KEYS = [OLD_KEY]
