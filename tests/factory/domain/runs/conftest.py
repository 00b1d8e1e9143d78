import datetime

import pytest

from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from tests.factory.hello import hello_version


@pytest.fixture
def now() -> datetime.datetime:
    return datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def run(db: None, now: datetime.datetime) -> Run:
    return request_run(version=hello_version(now), now=now, deadline=now + datetime.timedelta(hours=1), host="the host")
