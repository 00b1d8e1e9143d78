"""The world of the access matrix, made once a module."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from factory.doors.api.v1 import run_logs
from factory.orchestration.agent_link import AgentLink
from tests.factory.doors.matrix.world import World, make_world
from tests.factory.hello import HELLO


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """For tests that need the database and take back whatever they change."""
    with (
        django_db_blocker.unblock(),
        tempfile.TemporaryDirectory() as folder,
        override_settings(FACTORY_OUTPUT=Path(folder), FACTORY_RATE_GUESSES=1_000_000),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        # Nobody answers for logs, which is found out soon.
        patch.setattr(run_logs, "_LINK", AgentLink(deadline_seconds=-0.9))
        yield make_world(HELLO)
        transaction.set_rollback(True)
