"""No thread keeps a connection to the tests' database: PostgreSQL drops none that somebody uses."""

from collections.abc import Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections


@pytest.fixture(autouse=True)
def close_connection_of_async_thread() -> Iterator[None]:
    """Asynchronous code shares one thread for the ORM, and that thread outlives the test."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
