import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.graph.document import parse, to_value
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.services import create_pipeline
from factory.domain.runs.models import Run
from factory.orchestration.admission import start_pipeline
from tests.factory.doors.api.browsers import HELLO, TEAM, send
from tests.factory.hello import HELLO as HELLO_TEXT

WEBCAM = """
api_version: 1
name: webcam
nodes:
  camera: {component: whip_in@1.0.0}
  file: {component: recorder@1.0.0}
wires:
  - camera.video -> file.video
"""


def save(browser: Client, document: dict[str, Any], revision: int) -> Any:
    return send(browser, "PUT", HELLO, document, headers={"If-Match": f'"{revision}"'})


def test_a_pipeline_is_answered_with_all_that_the_editor_shows(pipeline: Pipeline, viewer: Client) -> None:
    response = viewer.get(HELLO)

    answer = response.json()
    assert response["ETag"] == '"2"'
    assert response["Cache-Control"] == "private, no-store"
    assert answer["document"] == to_value(parse(HELLO_TEXT))
    assert (answer["team"], answer["slug"], answer["name"], answer["revision"]) == ("studio", "hello", "hello", 2)
    assert (answer["saved_by"], answer["published"], answer["run"]) == ("alice@example.org", None, None)
    assert (answer["problems"], answer["endpoints"]) == ([], [])
    assert answer["may"] == {"edit": False, "run": False}


def test_addresses_are_told_without_what_opens_them(team: Team, now: datetime.datetime, operator: Client) -> None:
    create_from_text(team=team, text=WEBCAM, now=now)

    (told,) = operator.get(f"{TEAM}/pipelines/webcam").json()["endpoints"]

    address = f"http://testserver/whip/{told['id']}"
    assert told == {"id": told["id"], "node": "camera", "kind": "whip", "address": address}


def test_a_save_gives_the_next_revision_and_what_keeps_it_from_running(pipeline: Pipeline, developer: Client) -> None:
    document = {"api_version": 1, "name": "Renamed", "nodes": {"cam": {"component": "whip_in@1.0.0"}}}

    response = save(developer, document, 2)
    saved = response.json()
    loaded = developer.get(HELLO).json()

    assert (response.status_code, response["ETag"], saved["revision"]) == (200, '"3"', 3)
    assert loaded["document"] == document
    assert (loaded["name"], loaded["saved_by"], loaded["revision"]) == ("Renamed", "bob-developer@example.org", 3)
    assert saved["problems"] == loaded["problems"]
    assert saved["endpoints"] == loaded["endpoints"] != []
    assert saved["saved_at"] == loaded["saved_at"]


def test_what_somebody_saved_meanwhile_is_never_overwritten(pipeline: Pipeline, developer: Client) -> None:
    mine = {"api_version": 1, "name": "mine", "nodes": {}}
    save(developer, {"api_version": 1, "name": "theirs", "nodes": {}}, 2)

    response = save(developer, mine, 2)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (412, "pipelines:user:draft-conflict")
    assert response["ETag"] == '"3"'
    assert problem["current"] == developer.get(HELLO).json()
    assert (problem["current"]["document"]["name"], problem["current"]["revision"]) == ("theirs", 3)


@pytest.mark.parametrize("tag", ["2", "*", 'W/"2"', '"two"', '"99999999999999999999"', ""])
def test_a_tag_that_is_no_revision_matches_none(pipeline: Pipeline, developer: Client, tag: str) -> None:
    document = {"api_version": 1, "name": "x", "nodes": {}}

    response = send(developer, "PUT", HELLO, document, headers={"If-Match": tag})

    assert response.status_code == 412
    assert response.json()["title"] == (
        'If-Match names no revision; look at what is there now, then send its ETag, "2".'
    )
    assert developer.get(HELLO).json()["revision"] == 2


def test_nobody_saves_without_saying_what_they_saw(pipeline: Pipeline, developer: Client) -> None:
    response = send(developer, "PUT", HELLO, {"api_version": 1, "name": "x", "nodes": {}})

    assert (response.status_code, response.json()["code"]) == (428, "api:user:if-match")


def test_what_cannot_be_kept_is_refused_with_its_place(pipeline: Pipeline, developer: Client) -> None:
    document = {"api_version": 1, "name": "x", "nodes": {}, "wires": ["a.video -> b.video"]}

    response = save(developer, document, 2)

    problems = response.json()["problems"]
    assert (response.status_code, response.json()["code"]) == (422, "pipelines:user:graph-refused")
    assert {(each["code"], each["node"], each["wire"]) for each in problems} == {
        ("unknown_node", "a", "a.video->b.video"),
        ("unknown_node", "b", "a.video->b.video"),
    }


def test_a_new_pipeline_has_an_address_and_takes_its_name_once(team: Team, developer: Client) -> None:
    made = send(developer, "POST", f"{TEAM}/pipelines", {"name": "My first"})
    again = send(developer, "POST", f"{TEAM}/pipelines", {"name": "My first"})

    assert (made.status_code, made["Location"], made["ETag"]) == (201, f"{TEAM}/pipelines/my-first", '"1"')
    assert made.json() == developer.get(made["Location"]).json()
    assert (again.status_code, again.json()["code"]) == (409, "pipelines:user:exists")


def test_a_new_pipeline_may_come_with_its_document(team: Team, developer: Client) -> None:
    document = to_value(parse(HELLO_TEXT))

    made = send(developer, "POST", f"{TEAM}/pipelines", {"name": "Again", "document": document}).json()
    refused = send(developer, "POST", f"{TEAM}/pipelines", {"name": "Not", "document": {"nodes": 5}})

    assert made["document"] == document | {"name": "Again"}
    assert (refused.status_code, refused.json()["code"]) == (422, "graph:user:file-invalid")


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 81, "\ud800"])
def test_a_name_that_cannot_be_one_is_refused(team: Team, developer: Client, name: str) -> None:
    response = send(developer, "POST", f"{TEAM}/pipelines", {"name": name})

    assert (response.status_code, response.json()["code"]) == (422, "pipelines:user:graph-refused")


def test_an_archived_pipeline_is_gone_and_its_slug_free(pipeline: Pipeline, developer: Client) -> None:
    archived = developer.delete(HELLO)

    assert (archived.status_code, archived.content) == (204, b"")
    assert developer.get(HELLO).status_code == developer.delete(HELLO).status_code == 404
    assert developer.get(f"{TEAM}/pipelines").json()["items"] == []
    assert send(developer, "POST", f"{TEAM}/pipelines", {"name": "Hello"}).json()["slug"] == "hello"


def test_what_runs_is_not_archived(run: Run, developer: Client) -> None:
    response = developer.delete(HELLO)

    assert (response.status_code, response.json()["code"]) == (409, "pipelines:user:runs")
    assert developer.get(HELLO).status_code == 200


def test_the_list_comes_in_pages_the_last_saved_first(team: Team, now: datetime.datetime, viewer: Client) -> None:
    for number in range(5):
        # Two of the same moment, so that a time alone does not tell where a page ends.
        create_pipeline(team=team, name=f"p{number}", now=now + datetime.timedelta(seconds=number // 2))
    Pipeline.objects.filter(slug="p0").update(saved_at=None)

    seen: list[str] = []
    cursor: str = ""
    for _ in range(5):
        page = viewer.get(f"{TEAM}/pipelines?limit=2&cursor={cursor}").json()
        seen += [item["slug"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == ["p4", "p3", "p2", "p1", "p0"]


def test_a_list_costs_the_same_however_long_it_is(
    team: Team, alice: User, now: datetime.datetime, viewer: Client
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert viewer.get(f"{TEAM}/pipelines").status_code == 200
        return len(queries)

    def add(name: str) -> None:
        text = HELLO_TEXT.replace("name: hello", f"name: {name}")
        start_pipeline(pipeline=create_from_text(team=team, text=text, now=now, by=alice), now=now, host="here")

    add("one")
    # The first request of a session also writes down where it comes from.
    count()
    few = count()
    for name in ("two", "three", "four"):
        add(name)

    assert count() == few
    items = viewer.get(f"{TEAM}/pipelines").json()["items"]
    assert [(item["nodes"], item["run"]["state"], item["run"]["version"]) for item in items] == [(3, "waiting", 1)] * 4


def test_where_the_site_is_over_tls_so_are_its_addresses(
    team: Team, now: datetime.datetime, viewer: Client, settings: Settings
) -> None:
    create_from_text(team=team, text=WEBCAM, now=now)
    settings.SESSION_COOKIE_SECURE = True

    (seen,) = viewer.get(f"{TEAM}/pipelines/webcam").json()["endpoints"]

    assert seen["address"] == f"https://testserver/whip/{seen['id']}"


def test_a_list_can_be_searched(pipeline: Pipeline, team: Team, now: datetime.datetime, viewer: Client) -> None:
    create_pipeline(team=team, name="other", now=now)

    found = viewer.get(f"{TEAM}/pipelines", {"q": "HEL\0"}).json()["items"]

    assert [item["slug"] for item in found] == ["hello"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "x"}, {"q": "x" * 81}])
def test_a_page_that_cannot_be_is_refused(team: Team, viewer: Client, query: dict[str, str]) -> None:
    response = viewer.get(f"{TEAM}/pipelines", query)

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


def test_a_cursor_is_good_for_its_own_list_alone(run: Run, team: Team, now: datetime.datetime, viewer: Client) -> None:
    create_pipeline(team=team, name="other", now=now)
    cursor = viewer.get(f"{TEAM}/pipelines", {"limit": 1}).json()["next"]

    assert viewer.get(f"{HELLO}/runs", {"cursor": cursor}).json()["code"] == "api:user:cursor"
