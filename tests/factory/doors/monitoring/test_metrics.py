import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.doors.live import consumer
from factory.foundation import clock
from factory.orchestration import signs_of_life
from factory.orchestration.admission import start_pipeline
from tests.factory.doors.monitoring.redis_server import running_redis
from tests.factory.hello import HELLO

ELSEWHERE = "203.0.113.7"


@pytest.fixture
def team(db: None) -> Team:
    return create_team(slug="studio", name="The studio", owner=User.objects.create_user("alice"))


@pytest.fixture
def redis_url(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("r")) as url:
        settings.REDIS_URL = url
        yield url


def read(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample, by its name and labels."""
    text = client.get("/metrics").content.decode()
    samples: Any = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def test_runs_are_counted_by_state(client: Client, team: Team) -> None:
    pipeline = create_from_text(team=team, text=HELLO, now=clock.now(), by=None)
    start_pipeline(pipeline=pipeline, now=clock.now(), host="studio-host")
    with consumer.OPEN.track_inprogress():
        found = read(client)

    assert found["factory_runs", (("state", "waiting"),)] == 1
    assert found["factory_runs", (("state", "ready"),)] == 0
    assert found["factory_instances", ()] == 0
    assert found["factory_database_up", ()] == 1
    assert found["factory_live_sockets", ()] == 1


def test_requests_are_timed_by_route_and_never_by_address(client: Client, db: None) -> None:
    for number in range(3):
        client.get(f"/t/nobody-{number}/")
        client.get(f"/nowhere/{number}")
    before = read(client)
    labels = (("method", "GET"), ("route", "pages:pipelines"), ("status", "3xx"))

    assert before["factory_request_duration_seconds_count", labels] >= 3
    assert not [name for name, labels in before if any("nobody" in value for _, value in labels)]
    client.generic("BREW", "/healthz")
    methods = {dict(labels).get("method") for _, labels in read(client)}
    assert "other" in methods
    assert "BREW" not in methods


@pytest.mark.django_db
def test_how_long_the_worker_reconciles_comes_as_a_histogram(client: Client, redis_url: str) -> None:
    for seconds in (0.02, 0.02, 0.3, 60.0):
        signs_of_life.keep_duration(seconds)
    found = read(client)

    bucket = "factory_reconcile_duration_seconds_bucket"
    assert [found[bucket, (("le", bound),)] for bound in ("0.01", "0.025", "0.5", "10.0", "+Inf")] == [0, 2, 3, 3, 4]
    assert found["factory_reconcile_duration_seconds_count", ()] == 4
    assert found["factory_reconcile_duration_seconds_sum", ()] == pytest.approx(60.34)


@pytest.mark.parametrize(
    ("address", "headers", "networks", "status"),
    [
        ("127.0.0.1", {}, "127.0.0.0/8", 200),
        ("::1", {}, "::1/128", 200),
        (ELSEWHERE, {}, "127.0.0.0/8", 404),
        (ELSEWHERE, {}, "203.0.113.0/24", 200),
        ("127.0.0.1", {"X-Forwarded-For": ELSEWHERE}, "127.0.0.0/8", 404),
        (ELSEWHERE, {"Authorization": "Bearer right"}, "127.0.0.0/8", 200),
        (ELSEWHERE, {"Authorization": "Bearer wrong"}, "127.0.0.0/8", 404),
        ("127.0.0.1", {"Authorization": "Bearer wrong"}, "127.0.0.0/8", 404),
        ("", {}, "127.0.0.0/8", 404),
    ],
)
@pytest.mark.django_db
def test_only_some_may_read_them(
    address: str, headers: dict[str, str], networks: str, status: int, client: Client, settings: Settings
) -> None:
    settings.FACTORY_METRICS_TOKEN = "right"
    settings.FACTORY_METRICS_NETWORKS = [ipaddress.ip_network(networks)]

    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)

    assert response.status_code == status
    assert (b"factory_runs" in response.content) == (status == 200)


@pytest.mark.django_db
def test_without_a_token_set_none_opens(client: Client) -> None:
    response = client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR=ELSEWHERE)

    assert response.status_code == 404
