"""What holds for every test of the control plane: no connection is kept, nobody has asked before; and alice's team."""

import datetime
from collections.abc import Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection, connections
from django.db.models.signals import post_migrate

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team
from factory.doors.api.rate_limits import buckets
from factory.foundation import clock


@pytest.fixture(scope="session", autouse=True)
def make_no_rows_of_permissions() -> None:
    """Roles decide here, not Django's permissions; its rows of them took a third of every test that commits."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def hash_passwords_quickly() -> None:
    """Slow on purpose where people sign in; the journeys, which start the site itself, hash as it does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """No test survives a power cut, so none waits for the disk."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"


@pytest.fixture(autouse=True)
def close_connection_of_async_thread() -> Iterator[None]:
    """Asynchronous code shares a thread for the ORM that outlives the test; PostgreSQL drops no database in use."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def forget_who_asked() -> Iterator[None]:
    """Persons of another test may have the same keys, and have asked much."""
    yield
    buckets.cache_clear()


@pytest.fixture
def now() -> datetime.datetime:
    return clock.now()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", email="alice@example.org")


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's, who owns it."""
    return create_team(slug="studio", name="The studio", owner=alice)
