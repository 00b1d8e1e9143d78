"""The studio with usage of the last hour, and who may look at it."""

import datetime

import pytest
from django.test import Client

from factory.domain.accounts.models import Team
from factory.domain.accounts.roles import Role
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from tests.factory.doors.pages.conftest import sign_in_as
from tests.factory.doors.pages.money_pages.studio_usage import fill


@pytest.fixture
def runs(pipeline: Pipeline, now: datetime.datetime) -> list[Run]:
    return fill(pipeline, now=now)


@pytest.fixture
def payer(team: Team) -> Client:
    return sign_in_as(Role.BILLING, team)


@pytest.fixture
def days(now: datetime.datetime) -> str:
    """A query for the last days, whatever the hour and the day of the month."""
    return f"?period=custom&from={now.date() - datetime.timedelta(days=2)}&to={now.date()}"
