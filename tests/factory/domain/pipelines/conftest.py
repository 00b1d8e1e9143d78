"""A team, a moment, and a pipeline of each kind."""

import datetime
from pathlib import Path

import pytest

from factory.domain.accounts.models import Team
from factory.domain.accounts.services import create_team

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def team(db: None) -> Team:
    return create_team(slug="studio", name="The studio")


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def hello() -> str:
    return (ROOT / "examples" / "hello.yaml").read_text()
