"""Every request has an id, in its answer and in its line; the line says who asked for what, and opens nothing."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from factory.domain.accounts.models import User
from factory.domain.accounts.services import create_team
from factory.doors.monitoring.access_lines import AccessLines
from factory.foundation.log_lines import line_formatter

pytestmark = pytest.mark.django_db
TOKEN = "17.1790000000.aBcDeFgHiJkLmNoPqRsTuVwX"


class Lines(logging.Handler):
    """What a process that logs as JSON writes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(line_formatter("json"))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def access(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "factory.access"]


@pytest.fixture
def lines() -> Iterator[Lines]:
    heard = Lines()
    logging.getLogger().addHandler(heard)
    yield heard
    logging.getLogger().removeHandler(heard)


def test_a_request_is_one_line_with_who_asked_for_what(lines: Lines, alice: User, client: Client) -> None:
    create_team(slug="studio", name="The studio", owner=alice)
    client.force_login(alice)

    answer = client.get(reverse("pages:pipelines", args=["studio"]), {"q": "private"}, REMOTE_ADDR="192.0.2.7")

    (line,) = lines.access()
    assert (line["method"], line["path"], line["status"]) == ("GET", "/t/studio/", 200)
    assert (line["team"], line["person"], line["address"]) == ("studio", alice.pk, "192.0.2.7")
    assert line["milliseconds"] > 0
    assert line["route"] == "t/<slug:team>/"
    assert line["request_id"] == answer["X-Request-ID"]
    assert "private" not in json.dumps(line)


async def test_an_asynchronous_view_gets_its_line_too(lines: Lines) -> None:
    answer = await AsyncClient().get("/whip/nonsense")

    (line,) = lines.access()
    assert (line["status"], line["endpoint"]) == (answer.status_code, "nonsense")
    assert line["request_id"] == answer["X-Request-ID"]


def test_what_is_logged_meanwhile_carries_the_id_of_the_request(
    lines: Lines, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_request: HttpRequest, _template: str) -> HttpResponse:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("factory.doors.pages.home.render", fail)
    client.raise_request_exception = False
    answer = client.get("/")

    error = next(line for line in lines.lines if line["logger"] == "django.request")
    assert answer.status_code == 500
    assert error["request_id"] == answer["X-Request-ID"] == lines.access()[0]["request_id"]
    assert "on purpose" in error["exception"]


def test_links_that_sign_in_are_not_to_be_read_in_it(lines: Lines, client: Client) -> None:
    for path in (f"/enter/{TOKEN}/", f"/invitations/{TOKEN}/", f"/enter/{TOKEN}/nowhere", f"/x?token={TOKEN}"):
        client.get(path)
    client.get("/api/v1/me", headers={"Authorization": f"Bearer mpf_{TOKEN}"})

    assert len(lines.access()) == 5
    assert TOKEN not in json.dumps(lines.lines)
    assert TOKEN[-8:] not in json.dumps(lines.lines)


def test_health_and_measures_are_not_told_of(lines: Lines, client: Client) -> None:
    logging.getLogger("factory.access").setLevel(logging.INFO)
    client.get("/healthz")
    logging.getLogger("factory.access").setLevel(logging.NOTSET)

    assert lines.access() == []


@pytest.mark.parametrize(
    ("proxies", "said", "taken"),
    [
        (1, "edge-1.7f3a9c2e", True),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "no spaces or \t here", False),
        (1, "<script>alert(1)</script>", False),
        (0, "edge-1.7f3a9c2e", False),
    ],
)
def test_a_proxy_of_ours_may_name_the_request_and_nobody_else(
    client: Client, settings: Settings, proxies: int, said: str, taken: bool
) -> None:
    settings.FACTORY_TRUSTED_PROXIES = proxies

    given = client.get("/healthz", headers={"X-Request-ID": said})["X-Request-ID"]

    assert (given == said) is taken
    assert len(given) >= 8


def test_one_request_knows_nothing_of_the_one_before(lines: Lines) -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        logging.getLogger("factory.door").warning("in the middle")
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        AccessLines(fail)(RequestFactory().get("/"))
    logging.getLogger("factory.door").warning("afterwards")

    middle, after = (line for line in lines.lines if line["logger"] == "factory.door")
    assert "request_id" in middle
    assert "request_id" not in after
