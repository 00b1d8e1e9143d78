"""A team that has secrets, and keys that nobody else has."""

import datetime

import pytest
from pytest_django import Settings

OLD_KEY = "an-old-key-of-at-least-thirty-two-characters"
NEW_KEY = "a-new-key-of-at-least-thirty-two-characters-too"


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.FACTORY_SECRETS_KEYS = [OLD_KEY]
