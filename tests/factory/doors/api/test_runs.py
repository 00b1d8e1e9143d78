import concurrent.futures
import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from components.contract.node_states import NodeState
from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.runs.models import Artifact, Run
from factory.domain.runs.services import record_node_report, request_run
from factory.domain.runs.states import RunState
from factory.doors.api.v1 import runs
from tests.factory.doors.api.browsers import HELLO, send

RUNS = f"{HELLO}/runs"


def press_run(browser: Client, revision: int = 2) -> Any:
    return send(browser, "POST", RUNS, {"revision": revision})


def save(browser: Client, document: dict[str, Any], revision: int) -> Any:
    return send(browser, "PUT", HELLO, document, headers={"If-Match": f'"{revision}"'})


def end_all(now: datetime.datetime) -> None:
    for run in Run.objects.all():
        run.move_to(RunState.STOPPED, now=now)


def test_a_run_begins_with_the_draft_as_a_version(pipeline: Pipeline, operator: Client) -> None:
    response = press_run(operator)

    summary = response.json()
    assert response.status_code == 201
    assert (summary["state"], summary["version"], summary["wanted"]) == ("waiting", 1, True)
    assert summary["stopped_at"] is None
    assert response["Location"] == f"{RUNS}/{summary['id']}"
    assert operator.get(HELLO).json()["run"] == summary
    assert {key: operator.get(response["Location"]).json()[key] for key in summary} == summary


def test_one_that_runs_is_not_started_again(run: Run, operator: Client) -> None:
    response = press_run(operator)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, "run:user:running")
    assert problem["run"]["id"] == run.pk


def test_what_was_not_seen_is_not_run(pipeline: Pipeline, operator: Client) -> None:
    response = press_run(operator, revision=1)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (412, "pipelines:user:draft-conflict")
    assert problem["current"]["revision"] == 2
    assert not Run.objects.exists()


def test_moving_a_box_makes_no_version_and_a_change_makes_one(
    pipeline: Pipeline, developer: Client, now: datetime.datetime
) -> None:
    document = developer.get(HELLO).json()["document"]
    press_run(developer)
    end_all(now)
    moved = document | {"layout": {"camera": {"x": 5, "y": 6}}, "description": "Moved."}
    assert save(developer, moved, 2).status_code == 200

    assert press_run(developer, 3).json()["version"] == 1
    end_all(now)
    moved["nodes"]["caption"]["parameters"] = {"text": "Other"}
    save(developer, moved, 3)

    assert press_run(developer, 4).json()["version"] == 2
    assert Version.objects.filter(number__isnull=False).count() == 2


def test_what_cannot_run_says_every_reason(pipeline: Pipeline, developer: Client) -> None:
    save(developer, {"api_version": 1, "name": "hello", "nodes": {"file": {"component": "recorder@1.0.0"}}}, 2)

    response = press_run(developer, 3)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "pipelines:user:graph-refused")
    assert [(each["code"], each["node"]) for each in problem["problems"]] == [("unconnected", "file")]


def test_a_team_with_too_many_runs_is_told_so(
    pipeline: Pipeline, operator: Client, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("factory.orchestration.admission.MOST_RUNS_A_TEAM", 0)

    response = press_run(operator)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "run:user:refused")
    assert "stop one of them first" in problem["reasons"][0]
    assert not Version.objects.filter(number__isnull=False).exists()


@pytest.mark.parametrize("value", [None, {}, {"revision": "two"}, {"revision": -1}, {"revision": 10**30}, [], 5])
def test_a_request_without_a_revision_is_refused(pipeline: Pipeline, operator: Client, value: Any) -> None:
    response = send(operator, "POST", RUNS, value)

    assert (response.status_code, response.json()["code"]) == (422, "api:user:invalid")
    places = [problem["place"] for problem in response.json()["problems"]]
    assert places == ["body.revision" if isinstance(value, dict) else "body"]


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_get_one_run(pipeline: Pipeline, operator: Client, developer: Client) -> None:
    def press(browser: Client) -> int:
        try:
            return int(press_run(browser).status_code)
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(press, [operator, developer]))

    assert answers == [201, 409]
    assert Run.objects.count() == 1
    assert Version.objects.filter(number__isnull=False).count() == 1


def test_a_stop_is_asked_for_and_said_twice_is_fine(run: Run, operator: Client) -> None:
    first = operator.post(f"{RUNS}/{run.pk}/stop")
    second = operator.post(f"{RUNS}/{run.pk}/stop")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["wanted"] is False
    run.refresh_from_db()
    assert run.stop_reason == "bob-operator@example.org stopped it"


def test_a_run_shows_its_nodes_its_changes_and_its_files(
    run: Run, artifact: Artifact, viewer: Client, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_CHANGES", 2)
    refused = {"revision": 2, "reason": "no such font"}
    said: dict[str, Any] = {"state": NodeState.READY, "reason": "", "observed_revision": 1, "refused": refused}
    record_node_report(run_id=run.pk, node="caption", attempt=1, now=now, **said)

    answer = viewer.get(f"{RUNS}/{run.pk}").json()

    nodes = {node["name"]: node for node in answer["nodes"]}
    assert list(nodes) == ["camera", "caption", "file"]
    assert (nodes["caption"]["state"], nodes["caption"]["refused"]) == ("ready", refused)
    assert (nodes["file"]["refused"], nodes["file"]["engine_state"]) == (None, "absent")
    assert [(change["node"], change["old"], change["new"]) for change in answer["changes"]] == [
        ("caption", "starting", "ready"),
        ("", "waiting", "starting"),
    ]
    (file,) = answer["artifacts"]
    assert file == {
        "id": str(artifact.pk),
        "node": "file",
        "attempt": 1,
        "name": "hello.mp4",
        "media_type": "video/mp4",
        "bytes": 1000,
        "complete": True,
        "closed": True,
        "href": f"{RUNS}/{run.pk}/artifacts/{artifact.pk}",
    }


def test_runs_are_listed_the_newest_first(pipeline: Pipeline, run: Run, viewer: Client) -> None:
    for hours in range(1, 4):
        then = run.requested_at + datetime.timedelta(hours=hours)
        request_run(version=run.version, now=then, deadline=then + datetime.timedelta(hours=1), host="studio-host")

    first = viewer.get(RUNS, {"limit": 3}).json()
    second = viewer.get(RUNS, {"limit": 3, "cursor": first["next"]}).json()

    times = [item["requested_at"] for item in first["items"]]
    assert times == sorted(times, reverse=True)
    assert [item["id"] for item in second["items"]] == [run.pk]
    assert second["next"] is None


def test_a_live_change_gives_the_revision_to_wait_for(run: Run, developer: Client) -> None:
    response = send(developer, "PATCH", f"{RUNS}/{run.pk}/nodes/caption", {"parameters": {"text": "Bye"}})

    assert (response.status_code, response.json()) == (200, {"revision": 2})


def test_a_live_change_that_cannot_be_names_each_parameter(run: Run, developer: Client) -> None:
    parameters = {"text": 5, "colour": "green"}

    response = send(developer, "PATCH", f"{RUNS}/{run.pk}/nodes/caption", {"parameters": parameters})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "run:user:parameter-refused")
    assert {each["parameter"] for each in problem["problems"]} >= {"text"}
    assert all(each["message"] for each in problem["problems"])


def test_what_is_over_takes_no_changes(run: Run, developer: Client) -> None:
    developer.post(f"{RUNS}/{run.pk}/stop")

    response = send(developer, "PATCH", f"{RUNS}/{run.pk}/nodes/caption", {"parameters": {"text": "Bye"}})

    assert (response.status_code, response.json()["code"]) == (409, "run:user:over")


def test_a_node_that_is_not_there_is_said_to_be_unknown(team: Team, run: Run, developer: Client) -> None:
    response = send(developer, "PATCH", f"{RUNS}/{run.pk}/nodes/nobody", {"parameters": {}})

    assert (response.status_code, response.json()["code"]) == (404, "run:user:unknown")


def test_an_operator_starts_and_stops_and_changes_nothing_that_runs(run: Run, operator: Client) -> None:
    response = send(operator, "PATCH", f"{RUNS}/{run.pk}/nodes/caption", {"parameters": {"text": "Bye"}})

    assert (response.status_code, response.json()["needed"]) == (403, ["owner", "admin", "developer"])
