from typing import Any

from django.test import Client

from factory.domain.accounts.models import Team
from factory.domain.graph.document import dump, parse, to_value
from factory.domain.pipelines.models import Pipeline
from tests.factory.doors.api.browsers import HELLO, TEAM, send
from tests.factory.hello import HELLO as HELLO_TEXT


def take_in(browser: Client, text: str | bytes) -> Any:
    return browser.generic("POST", f"{TEAM}/pipelines/import", text, "application/yaml")


def test_a_file_becomes_a_pipeline_and_a_taken_name_gets_a_number(team: Team, developer: Client) -> None:
    first, second = take_in(developer, HELLO_TEXT), take_in(developer, HELLO_TEXT)

    assert (first.status_code, second.status_code) == (201, 201)
    assert [answer.json()["name"] for answer in (first, second)] == ["hello", "hello 2"]
    assert second["Location"] == f"{TEAM}/pipelines/hello-2"
    assert second.json()["document"] == to_value(parse(HELLO_TEXT)) | {"name": "hello 2"}


def test_what_goes_out_comes_in_again_the_same(pipeline: Pipeline, viewer: Client, developer: Client) -> None:
    exported = viewer.get(f"{HELLO}/export")
    developer.delete(HELLO)
    taken_in = take_in(developer, exported.content)

    assert exported["Content-Disposition"] == 'attachment; filename="hello.yaml"'
    assert exported["Content-Type"] == "application/yaml; charset=utf-8"
    assert exported.content.decode() == dump(parse(HELLO_TEXT))
    assert viewer.get(f"{HELLO}/export").content == exported.content
    assert taken_in.json()["slug"] == "hello"


def test_a_file_that_cannot_be_read_makes_nothing(team: Team, developer: Client) -> None:
    response = take_in(developer, "api_version: 1\nname: x\nnodes: [\n")

    (problem,) = response.json()["problems"]
    assert response.status_code == 422
    assert problem["line"] > 0
    assert developer.get(f"{TEAM}/pipelines").json()["items"] == []


def test_a_file_in_another_encoding_is_refused(team: Team, developer: Client) -> None:
    response = take_in(developer, b"name: \xff")

    assert (response.status_code, response.json()["code"]) == (400, "api:user:not-utf8")


def test_a_pipeline_called_import_can_be_reached(team: Team, developer: Client) -> None:
    made = send(developer, "POST", f"{TEAM}/pipelines", {"name": "Import"})

    assert made.status_code == 201
    assert developer.get(made["Location"]).json()["name"] == "Import"


def test_a_copy_has_the_draft_and_a_life_of_its_own(pipeline: Pipeline, developer: Client) -> None:
    made = send(developer, "POST", f"{HELLO}/copy", {"name": "Second"})
    again = send(developer, "POST", f"{HELLO}/copy", {"name": "Second"})

    original = developer.get(HELLO).json()
    assert (made.status_code, made["Location"]) == (201, f"{TEAM}/pipelines/second")
    assert made.json()["document"] == original["document"] | {"name": "Second"}
    assert original["name"] == "hello"
    assert (again.status_code, again.json()["code"]) == (409, "pipelines:user:exists")
