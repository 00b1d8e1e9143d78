from collections.abc import Iterator
from unittest.mock import patch

import pytest
from channels.layers import channel_layers
from django.db import connection
from django.test import Client
from pytest_django import Settings

from factory.orchestration import signs_of_life
from factory.orchestration.signs_of_life import Sign
from tests.factory.doors.monitoring.redis_server import running_redis


@pytest.fixture
def redis_url(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[str]:
    """A Redis of this test's own, as the settings name it."""
    with running_redis(tmp_path_factory.mktemp("r")) as url:
        settings.REDIS_URL = url
        yield url


def test_a_process_that_answers_lives_and_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "fine"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_ready_where_the_database_and_the_channel_layer_answer(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "fine", "database": "fine", "channel_layer": "fine"}


def test_without_its_database_it_is_not_ready_and_still_lives(client: Client) -> None:
    # Tests without the mark have no database.
    with patch.object(connection, "cursor", side_effect=OSError("nobody is there")):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert (response.json()["status"], response.json()["database"]) == ("away", "away")
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_without_its_redis_it_is_not_ready(client: Client, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["unix:///nowhere/redis.sock"]},
        }
    }
    channel_layers.backends.clear()
    try:
        response = client.get("/readyz")
    finally:
        channel_layers.backends.clear()

    assert (response.status_code, response.json()["channel_layer"]) == (503, "away")


@pytest.mark.django_db
def test_worker_and_agent_are_told_and_decide_nothing(client: Client, redis_url: str) -> None:
    signs_of_life.show(Sign.WORKER)
    response = client.get("/readyz")

    assert response.status_code == 200
    assert (response.json()["worker"], response.json()["agent"]) == ("fine", "away")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_they_only_answer(address: str, client: Client) -> None:
    assert client.post(address).status_code == 405
