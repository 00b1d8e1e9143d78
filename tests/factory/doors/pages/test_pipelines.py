import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team
from factory.domain.pipelines import new_pipelines
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import copy_pipeline
from factory.domain.pipelines.selectors import pipelines_of
from factory.domain.pipelines.services import create_pipeline, freeze_version
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.domain.runs.states import RunState
from tests.factory.doors.pages.conftest import sign_in_as


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def start_run(pipeline: Pipeline, now: datetime.datetime) -> Run:
    version = freeze_version(pipeline=pipeline, now=now)
    return request_run(version=version, now=now, deadline=now + datetime.timedelta(hours=1), host="a host")


def test_a_team_without_pipelines_is_offered_three_ways_to_begin(owner: Client, team: Team) -> None:
    page = read(owner, "/t/studio/")

    assert "Draw your first pipeline" in page
    assert 'aria-label="Use: Start from hello">Use</button>' in page
    assert 'name="file"' in page


def test_who_may_only_look_is_told_who_can_begin(viewer: Client) -> None:
    page = read(viewer, "/t/studio/")

    assert "No pipelines yet" in page
    assert "/new/studio/" not in page


def test_each_pipeline_shows_its_size_and_its_newest_run(
    owner: Client, pipeline: Pipeline, now: datetime.datetime
) -> None:
    assert "never run" in read(owner, "/t/studio/")

    start_run(pipeline, now).move_to(RunState.FAILED, now=now, reason="caption exited with 1")
    later = start_run(pipeline, now + datetime.timedelta(seconds=1))
    page = read(owner, "/t/studio/")

    assert "3 nodes" in page
    assert f">{later.state}</span>" in page
    assert "failed" not in page


def test_a_run_is_called_as_the_editor_calls_it(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    run = start_run(pipeline, now)
    run.move_to(RunState.STARTING, now=now)
    run.move_to(RunState.READY, now=now)
    page = read(owner, "/t/studio/")
    assert ">running</span>" in page
    assert ">ready</span>" not in page

    Run.objects.filter(pk=run.pk).update(wanted=False)
    assert ">stopping</span>" in read(owner, "/t/studio/")


def test_the_list_asks_the_database_as_often_for_forty_pipelines_as_for_one(
    owner: Client, pipeline: Pipeline, now: datetime.datetime, alice: User
) -> None:
    start_run(pipeline, now)
    # Once a minute it is noted, too, that somebody is there.
    read(owner, "/t/studio/")
    with CaptureQueriesContext(connection) as one:
        read(owner, "/t/studio/")
    for _ in range(39):
        start_run(copy_pipeline(pipeline=pipeline, now=now, by=alice), now)
    with CaptureQueriesContext(connection) as forty:
        page = read(owner, "/t/studio/")

    assert page.count('class="pipeline"') == 40
    assert len(forty) == len(one)


def test_a_long_list_comes_in_pages(owner: Client, team: Team, now: datetime.datetime) -> None:
    for number in range(51):
        create_pipeline(team=team, name=f"pipeline {number}", now=now + datetime.timedelta(seconds=number))

    assert "pipeline 50" in read(owner, "/t/studio/")
    assert 'href="?page=2"' in read(owner, "/t/studio/")
    last = read(owner, "/t/studio/?page=2")
    assert last.count('class="pipeline"') == 1
    assert "pipeline 0" in last


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_is_none_shows_one_that_is(owner: Client, pipeline: Pipeline, page: str) -> None:
    assert "hello" in read(owner, f"/t/studio/?page={page}")


def test_search_finds_names_and_descriptions(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    create_pipeline(team=pipeline.team, name="Other", now=now)

    assert "Other" not in read(owner, "/t/studio/?q=HELL")
    assert ">hello<" in read(owner, "/t/studio/?q=caption")
    assert "Nothing is called “zebra”" in read(owner, "/t/studio/?q=zebra")


@pytest.mark.parametrize("sought", ["hel%00lo", "%00hello", "hello%0a"])
def test_what_cannot_be_searched_for_is_left_out(owner: Client, pipeline: Pipeline, sought: str) -> None:
    assert ">hello<" in read(owner, f"/t/studio/?q={sought}")


def test_what_people_write_is_shown_as_text(owner: Client, team: Team, now: datetime.datetime) -> None:
    create_pipeline(team=team, name="<b onclick=x>", now=now, description="<script>alert(1)</script>")

    page = read(owner, "/t/studio/?q=%3Cscript%3E")
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


def test_someone_in_two_teams_switches_between_them(owner: Client, team: Team, alice: User) -> None:
    create_team(slug="second", name="The second", owner=alice)

    page = read(owner, "/t/studio/")
    assert 'href="/teams/second/"' in page
    assert 'href="/teams/studio/" aria-current="page"' in page


def test_a_copy_gets_the_next_free_name(owner: Client, pipeline: Pipeline) -> None:
    owner.post("/t/studio/hello/copy/")
    answer = owner.post("/t/studio/hello/copy/", follow=True)

    assert {each.slug for each in pipelines_of(team=pipeline.team)} == {"hello", "hello-2", "hello-3"}
    assert "hello is copied as hello 3." in answer.content.decode()


def test_a_copy_that_cannot_be_made_is_said(owner: Client, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_pipelines, "free_name", lambda *, team, name: name)

    answer = owner.post("/t/studio/hello/copy/", follow=True)

    assert (answer.status_code, pipelines_of(team=pipeline.team).count()) == (200, 1)
    assert "choose another name" in answer.content.decode()


def test_an_archived_pipeline_leaves_the_list(owner: Client, pipeline: Pipeline) -> None:
    answer = owner.post("/t/studio/hello/archive/", follow=True)

    assert "hello is archived" in answer.content.decode()
    assert not pipelines_of(team=pipeline.team).exists()
    assert owner.get("/t/studio/hello/").status_code == 404


def test_what_runs_is_not_archived(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    start_run(pipeline, now)

    answer = owner.post("/t/studio/hello/archive/", follow=True)

    assert "stop its run first" in answer.content.decode()
    assert pipelines_of(team=pipeline.team).count() == 1


@pytest.mark.parametrize("verb", ["copy", "archive"])
def test_verbs_take_posts_with_a_token_alone(alice: User, pipeline: Pipeline, verb: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert browser.get(f"/t/studio/hello/{verb}/").status_code == 405
    refused = browser.post(f"/t/studio/hello/{verb}/")
    assert refused.status_code == 403
    assert "The form was not accepted" in refused.content.decode()
    assert pipelines_of(team=pipeline.team).count() == 1


@pytest.mark.parametrize("verb", ["copy", "archive"])
def test_who_may_not_edit_is_told_so(viewer: Client, pipeline: Pipeline, verb: str) -> None:
    answer = viewer.post(f"/t/studio/hello/{verb}/")

    assert answer.status_code == 403
    assert "Your role in The studio is viewer." in answer.content.decode()


def test_who_only_pays_sees_no_pipelines(pipeline: Pipeline) -> None:
    assert sign_in_as(Role.BILLING, pipeline.team).get("/t/studio/").status_code == 403
