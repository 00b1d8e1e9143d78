import datetime
from typing import Any

import pytest
from django.test import Client

from factory.domain.accounts.models import Team
from factory.domain.answers.models import KeptAnswer
from factory.domain.pipelines.models import Endpoint, Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.token_checks import opens
from tests.factory.doors.api.browsers import TEAM, send

WEBCAM = """
api_version: 1
name: webcam
nodes:
  camera: {component: whip_in@1.0.0}
  screen: {component: whep_out@1.0.0}
wires: [camera.video -> screen.video]
"""
ENDPOINTS = f"{TEAM}/pipelines/webcam/endpoints"


@pytest.fixture
def webcam(team: Team, now: datetime.datetime) -> Pipeline:
    return create_from_text(team=team, text=WEBCAM, now=now)


@pytest.fixture
def endpoint(webcam: Pipeline) -> Endpoint:
    return Endpoint.objects.get(pipeline=webcam, node="camera")


@pytest.fixture
def tokens(endpoint: Endpoint) -> str:
    return f"{ENDPOINTS}/{endpoint.pk}/tokens"


def make(browser: Client, tokens: str, **value: Any) -> Any:
    return send(browser, "POST", tokens, {"name": "OBS", **value})


def test_the_addresses_are_listed_for_who_may_see(webcam: Pipeline, viewer: Client) -> None:
    listed = viewer.get(ENDPOINTS).json()

    assert [(each["node"], each["kind"]) for each in listed["items"]] == [("camera", "whip"), ("screen", "whep")]
    assert listed["next"] is None


def test_a_pass_opens_the_endpoint_for_a_quarter_of_an_hour(
    endpoint: Endpoint, operator: Client, now: datetime.datetime
) -> None:
    response = send(operator, "POST", f"{ENDPOINTS}/{endpoint.pk}/pass")
    given = response.json()
    expires_at = datetime.datetime.fromisoformat(given["expires_at"])

    assert response.status_code == 201
    assert opens(endpoint=endpoint.pk, token=given["token"], now=now)
    assert not opens(endpoint=endpoint.pk, token=given["token"], now=expires_at)
    assert 890 < (expires_at - now).total_seconds() < 960


def test_a_token_is_told_once_and_listed_by_how_it_begins(
    endpoint: Endpoint, tokens: str, developer: Client, now: datetime.datetime
) -> None:
    month = now.replace(microsecond=0) + datetime.timedelta(days=30)
    made = make(developer, tokens, expires_at=month.isoformat())
    told = made.json()
    listed = developer.get(tokens)
    (token,) = listed.json()["items"]

    assert made.status_code == 201
    assert opens(endpoint=endpoint.pk, token=told["token"], now=now)
    assert token == {key: value for key, value in told.items() if key != "token"}
    assert (token["name"], token["made_by"], token["holds"]) == ("OBS", "bob-developer@example.org", True)
    assert told["token"].encode() not in listed.content
    assert datetime.datetime.fromisoformat(token["expires_at"]) == month


@pytest.mark.parametrize(("kind", "value"), [("tokens", {"name": "OBS"}), ("pass", None)])
def test_what_opens_an_endpoint_is_repeated_to_who_asked_and_kept_sealed(
    endpoint: Endpoint, developer: Client, kind: str, value: dict[str, str] | None
) -> None:
    address, headers = f"{ENDPOINTS}/{endpoint.pk}/{kind}", {"Idempotency-Key": "once"}
    first, second = (send(developer, "POST", address, value, headers=headers) for _ in range(2))
    token = first.json()["token"]

    assert first.status_code == second.status_code == 201
    assert second.json()["token"] == token
    kept = KeptAnswer.objects.values().get()
    assert token not in str({**kept, "sealed": bytes(kept["sealed"])})
    assert b"token" not in bytes(kept["sealed"])


def test_a_revoked_token_opens_nothing_and_is_gone_from_the_list(
    endpoint: Endpoint, tokens: str, developer: Client, now: datetime.datetime
) -> None:
    told = make(developer, tokens).json()

    gone = [send(developer, "DELETE", f"{tokens}/{told['id']}").status_code for _ in range(2)]

    assert gone == [204, 404]
    assert developer.get(tokens).json()["items"] == []
    assert not opens(endpoint=endpoint.pk, token=told["token"], now=now)


def test_viewers_and_strangers_get_neither_pass_nor_token(
    endpoint: Endpoint, tokens: str, viewer: Client, stranger: Client
) -> None:
    def ask(browser: Client) -> list[int]:
        answers = [
            send(browser, "POST", f"{ENDPOINTS}/{endpoint.pk}/pass"),
            browser.get(tokens),
            make(browser, tokens),
            send(browser, "DELETE", f"{tokens}/1"),
        ]
        return [response.status_code for response in answers]

    assert ask(viewer) == [403, 403, 403, 403]
    assert ask(stranger) == [404, 404, 404, 404]


def test_an_endpoint_of_another_pipeline_is_not_there(
    endpoint: Endpoint, pipeline: Pipeline, developer: Client
) -> None:
    base = f"{TEAM}/pipelines/hello/endpoints/{endpoint.pk}"

    assert send(developer, "POST", f"{base}/pass").status_code == 404
    assert make(developer, f"{base}/tokens").status_code == 404
    assert send(developer, "DELETE", f"{base}/tokens/{2**70}").status_code == 404


@pytest.mark.parametrize(
    "value",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\nb"},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "soon"},
    ],
)
def test_a_token_that_cannot_be_made_says_why(tokens: str, developer: Client, value: dict[str, str]) -> None:
    assert make(developer, tokens, **value).status_code == 422


def test_an_end_without_a_zone_is_refused(tokens: str, developer: Client) -> None:
    response = make(developer, tokens, expires_at="2099-01-01T00:00:00")

    assert (response.status_code, response.json()["code"]) == (422, "api:user:no-zone")
