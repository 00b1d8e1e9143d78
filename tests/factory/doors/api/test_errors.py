import logging
from typing import Any

import pytest
from django.test import Client

from factory.domain.pipelines.models import Pipeline
from factory.doors.api.v1 import pipelines
from factory.doors.api.v1.bodies import MAX_BODY_BYTES
from factory.foundation.errors import TemporaryError
from tests.factory.doors.api.browsers import HELLO, TEAM, send

DOCUMENT = {"api_version": 1, "name": "x", "nodes": {}}


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("DELETE", "/api/v1/components", {"GET"}),
        ("PATCH", HELLO, {"GET", "PUT", "DELETE"}),
        ("OPTIONS", f"{HELLO}/copy", {"POST"}),
    ],
)
def test_a_method_that_is_not_possible_is_told_those_that_are(
    pipeline: Pipeline, developer: Client, method: str, address: str, allowed: set[str]
) -> None:
    response = developer.generic(method, address)

    assert (response.status_code, response.json()["code"]) == (405, "api:user:method")
    assert set(response["Allow"].split(", ")) == allowed
    assert response["Content-Type"] == "application/problem+json"


def test_a_problem_says_all_that_rfc_9457_asks_for(developer: Client) -> None:
    problem = developer.get("/api/v1/nothing").json()

    assert problem == {
        "type": "urn:media-pipeline-factory:api:user:not-found",
        "title": "There is nothing here for you; look at the address, or ask its team to take you in.",
        "status": 404,
        "code": "api:user:not-found",
    }


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/components", "/api/v1/x/\0"])
def test_what_is_nowhere_is_answered_as_a_problem(developer: Client, address: str) -> None:
    response = developer.get(address, follow=True)

    assert response.status_code == 404


def test_a_document_may_have_a_mebibyte(pipeline: Pipeline, developer: Client) -> None:
    at_most = b" " * (MAX_BODY_BYTES - 10) + b"{}"
    headers = {"If-Match": '"2"'}

    fits = developer.generic("PUT", HELLO, at_most, "application/json", headers=headers)
    too_large = developer.generic("PUT", HELLO, at_most + b" " * 20, "application/json", headers=headers)

    assert fits.status_code == 422
    assert (too_large.status_code, too_large.json()["code"]) == (413, "api:user:too-large")
    assert too_large.json()["limit"] == MAX_BODY_BYTES


def test_who_sends_a_body_says_its_length(pipeline: Pipeline, developer: Client) -> None:
    response: Any = developer.generic("POST", f"{HELLO}/copy", headers={"Transfer-Encoding": "chunked"})

    assert (response.status_code, response.json()["code"]) == (411, "api:user:length")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_json_is_sent_as_json(pipeline: Pipeline, developer: Client, media_type: str) -> None:
    response = developer.generic("POST", f"{HELLO}/copy", b'{"name": "x"}', media_type)

    assert (response.status_code, response.json()["code"]) == (415, "api:user:media-type")


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"name": NaN}', b'{"name": "a", "name": "b"}', b"[" * 100_000, b'"\xff"', b"\xef\xbb\xbf{}"],
    ids=["open", "no number", "twice", "deep", "no text", "mark"],
)
def test_what_is_no_json_is_refused(pipeline: Pipeline, developer: Client, body: bytes) -> None:
    response = developer.generic("POST", f"{HELLO}/copy", body, "application/json")

    assert response.status_code == 400
    assert response.json()["code"] in ("api:user:not-json", "api:user:not-utf8")


def test_a_mistake_of_ours_is_logged_under_an_id_and_says_nothing_else(
    pipeline: Pipeline, developer: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(pipelines, "save_draft", fail)
    with caplog.at_level(logging.ERROR, "factory"):
        response = send(developer, "PUT", HELLO, DOCUMENT, headers={"If-Match": '"2"'})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (500, "api:ours:unexpected")
    assert "inside" not in response.content.decode()
    (record,) = [record for record in caplog.records if record.name.startswith("factory")]
    assert problem["reference"] in record.getMessage()
    assert record.exc_info is not None
    assert "the inside" in str(record.exc_info[1])


def test_what_may_pass_is_to_be_tried_again(
    pipeline: Pipeline, developer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise TemporaryError("The shelf is away; try again.")

    monkeypatch.setattr(pipelines, "save_draft", fail)
    response = send(developer, "PUT", HELLO, DOCUMENT, headers={"If-Match": '"2"'})

    assert (response.status_code, response.json()["code"]) == (503, "factory:ours:temporary")
    assert response["Retry-After"] == "2"


def test_who_left_the_team_is_a_stranger_at_once(pipeline: Pipeline, developer: Client) -> None:
    assert developer.get(HELLO).status_code == 200
    pipeline.team.memberships.all().delete()

    assert developer.get(HELLO).status_code == 404
    assert send(developer, "POST", f"{TEAM}/pipelines", {"name": "x"}).status_code == 404
