from typing import Any

import pytest
from django.test import Client

from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.foundation import clock
from tests.factory.doors.api.browsers import HELLO, TEAM, send
from tests.factory.hello import HELLO as TEXT

VERSIONS = f"{HELLO}/versions"
pytestmark = pytest.mark.usefixtures("pipeline")


def document(browser: Client) -> Any:
    return browser.get(HELLO).json()["document"]


def save(browser: Client, changed: Any) -> Any:
    revision = browser.get(HELLO)["ETag"]
    return send(browser, "PUT", HELLO, changed, headers={"If-Match": revision})


def captioned(browser: Client, text: str) -> Any:
    changed = document(browser)
    changed["nodes"]["caption"].setdefault("parameters", {})["text"] = text
    return changed


def test_the_draft_becomes_a_version_that_does_not_change_with_it(developer: Client) -> None:
    made = send(developer, "POST", VERSIONS, {"note": "as it was"})
    before = document(developer)
    save(developer, captioned(developer, "Bye"))

    assert (made.status_code, made["Location"]) == (201, f"{VERSIONS}/1")
    assert (made.json()["note"], made.json()["created_by"]) == ("as it was", "bob-developer@example.org")
    shown = developer.get(f"{VERSIONS}/1").json()
    assert shown["document"] == before != document(developer)
    assert (shown["nodes"], shown["is_draft"], shown["published"]) == (len(before["nodes"]), False, False)


def test_a_version_that_a_run_made_names_who_pressed_run(developer: Client) -> None:
    started = send(developer, "POST", f"{HELLO}/runs", {"revision": 2})
    newest = developer.get(VERSIONS).json()["items"][0]

    assert started.status_code == 201
    assert (newest["note"], newest["created_by"]) == ("run", "bob-developer@example.org")


def test_versions_come_in_pages_the_newest_first(developer: Client) -> None:
    for number in range(3):
        send(developer, "POST", VERSIONS, {"note": f"note {number + 1}"})
    first = developer.get(f"{VERSIONS}?limit=2").json()
    second = developer.get(f"{VERSIONS}?limit=2&cursor={first['next']}").json()

    assert [each["number"] for each in first["items"] + second["items"]] == [3, 2, 1]
    assert [each["is_draft"] for each in first["items"]] == [True, True]
    assert second["next"] is None


def test_a_draft_that_cannot_run_becomes_no_version(developer: Client) -> None:
    broken = document(developer)
    broken["wires"] = []
    save(developer, broken)
    response = send(developer, "POST", VERSIONS, {})

    assert response.status_code == 422
    assert response.json()["problems"]
    assert not Version.objects.filter(number__isnull=False).exists()


@pytest.mark.parametrize("note", ["two\nlines", "x" * 301])
def test_a_note_is_one_line_of_bounded_length(note: str, developer: Client) -> None:
    assert send(developer, "POST", VERSIONS, {"note": note}).status_code == 422


def test_the_difference_to_the_draft_names_parameters_nodes_and_wires(developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})
    changed = captioned(developer, "Bye")
    changed["nodes"]["lines"] = {"component": "logger@1.0.0"}
    changed["layout"] = {"caption": {"x": 999, "y": 1}}
    save(developer, changed)
    found = developer.get(f"{VERSIONS}/1/diff").json()

    assert (found["added"], found["removed"], found["runs_alike"]) == (["lines"], [], False)
    assert [(each["node"], each["parameter"], each["after"]) for each in found["changed"]] == [
        ("caption", "text", "Bye")
    ]
    assert "caption" in found["moved"]


def test_two_versions_differ_there_and_back(developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})
    save(developer, captioned(developer, "Bye"))
    send(developer, "POST", VERSIONS, {})
    there = developer.get(f"{VERSIONS}/1/diff?against=2").json()["changed"][0]
    back = developer.get(f"{VERSIONS}/2/diff?against=1").json()["changed"][0]

    assert (there["before"], there["after"]) == (back["after"], back["before"])
    assert developer.get(f"{VERSIONS}/2/diff?against=draft").json()["runs_alike"] is True


@pytest.mark.parametrize("against", ["0", "none", "1.5", "-1", "99999999999"])
def test_what_is_no_version_cannot_be_compared_with(against: str, developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})

    assert developer.get(f"{VERSIONS}/1/diff?against={against}").status_code == 422


def test_a_version_that_is_not_there_is_not_found_by_any_verb(developer: Client) -> None:
    answers = [
        developer.get(f"{VERSIONS}/7"),
        developer.get(f"{VERSIONS}/99999999999999999999"),
        developer.get(f"{VERSIONS}/7/diff"),
        send(developer, "POST", f"{VERSIONS}/7/publish"),
        send(developer, "POST", f"{VERSIONS}/7/restore", headers={"If-Match": developer.get(HELLO)["ETag"]}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert answers[0].json()["code"] == "pipelines:user:version-unknown"


def test_a_published_version_is_said_to_be_so(developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})
    published = send(developer, "POST", f"{VERSIONS}/1/publish")
    again = send(developer, "POST", f"{VERSIONS}/1/publish")

    assert published.json()["published"] is again.json()["published"] is True
    assert developer.get(HELLO).json()["published"] == 1


def test_restoring_makes_the_draft_what_the_version_is(developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})
    before = document(developer)
    save(developer, {**captioned(developer, "Bye"), "name": "hello"})
    etag = developer.get(HELLO)["ETag"]
    restored = send(developer, "POST", f"{VERSIONS}/1/restore", headers={"If-Match": etag})

    assert restored.status_code == 200
    assert restored["ETag"] == developer.get(HELLO)["ETag"] != etag
    assert document(developer)["nodes"] == before["nodes"]
    assert developer.get(f"{VERSIONS}/1/diff").json()["runs_alike"] is True


def test_restoring_overwrites_nobody_and_needs_the_revision(developer: Client) -> None:
    send(developer, "POST", VERSIONS, {})
    etag = developer.get(HELLO)["ETag"]
    save(developer, captioned(developer, "Bye"))

    conflict = send(developer, "POST", f"{VERSIONS}/1/restore", headers={"If-Match": etag})
    assert conflict.status_code == 412
    assert conflict.json()["current"]["document"]["nodes"]["caption"]["parameters"]["text"] == "Bye"
    assert send(developer, "POST", f"{VERSIONS}/1/restore").status_code == 428


def test_versions_of_another_pipeline_are_not_there(
    developer: Client, team: Team, alice: User, pipeline: Pipeline
) -> None:
    other = create_from_text(team=team, text=TEXT, now=clock.now(), by=alice, name="Other")
    send(developer, "POST", VERSIONS, {})

    assert developer.get(f"{TEAM}/pipelines/{other.slug}/versions/1").status_code == 404
    assert developer.get(f"{TEAM}/pipelines/{other.slug}/versions").json()["items"] == []


def test_what_was_done_with_versions_is_in_the_audit_log(developer: Client, team: Team) -> None:
    send(developer, "POST", VERSIONS, {})
    for _ in range(2):
        send(developer, "POST", f"{VERSIONS}/1/publish")
    send(developer, "POST", f"{VERSIONS}/1/restore", headers={"If-Match": developer.get(HELLO)["ETag"]})
    told = AuditEvent.objects.filter(team=team, action__startswith="version.").order_by("number")

    assert [event.action for event in told] == ["version.made", "version.published", "version.restored"]
    assert {(event.actor_name, event.subject) for event in told} == {("bob-developer@example.org", "hello version 1")}
