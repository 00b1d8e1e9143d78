import concurrent.futures
import dataclasses
import datetime
import time
from typing import Any

import pytest
from django.db import connection

from factory.domain.accounts.models import Team
from factory.domain.graph.graph import Position
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.new_pipelines import copy_pipeline
from factory.domain.pipelines.selectors import draft_of, graph_of
from factory.domain.pipelines.services import DraftConflict, GraphRefused, create_pipeline, save_draft
from factory.domain.runs import services
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run, request_stop
from factory.domain.runs.states import RunState
from factory.foundation import clock
from factory.orchestration import admission
from factory.orchestration.admission import AlreadyRunning, RunRefused, start_pipeline
from tests.factory.hello import hello_version

HOST = "studio"


@pytest.fixture
def pipeline(transactional_db: None) -> Pipeline:
    found: Pipeline = hello_version(clock.now()).pipeline
    return found


def numbers(pipeline: Pipeline) -> list[int]:
    rows = Version.objects.filter(pipeline=pipeline, number__isnull=False)
    return list(rows.order_by("number").values_list("number", flat=True))


def end(run: Run, now: datetime.datetime) -> None:
    request_stop(run_id=run.pk, now=now)
    Run.objects.get(pk=run.pk).move_to(RunState.STOPPED, now=now)


def test_a_draft_that_runs_alike_makes_no_new_version(pipeline: Pipeline) -> None:
    graph = graph_of(draft_of(pipeline))
    moved = dataclasses.replace(graph, layout={name: Position(5.0, 6.0) for name in graph.nodes})
    save_draft(pipeline=pipeline, graph=moved, expected_revision=pipeline.revision, now=clock.now())

    run = start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST, expected_revision=pipeline.revision)

    assert (run.version.number, numbers(pipeline)) == (1, [1])


def test_a_changed_draft_becomes_the_next_version(pipeline: Pipeline) -> None:
    end(start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST), clock.now())
    graph = graph_of(draft_of(pipeline))
    caption = dataclasses.replace(graph.nodes["caption"], parameters={"text": "Good evening"})
    changed = dataclasses.replace(graph, nodes={**graph.nodes, "caption": caption})
    save_draft(pipeline=pipeline, graph=changed, expected_revision=pipeline.revision, now=clock.now())

    run = start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST)

    assert (run.version.number, numbers(pipeline)) == (2, [1, 2])


def test_what_somebody_did_not_see_is_not_run(pipeline: Pipeline) -> None:
    with pytest.raises(DraftConflict, match="look at it again"):
        start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST, expected_revision=pipeline.revision - 1)
    assert not Run.objects.exists()


def test_a_draft_that_cannot_run_leaves_no_version(pipeline: Pipeline) -> None:
    empty = create_pipeline(team=pipeline.team, name="empty", now=clock.now())

    with pytest.raises(GraphRefused, match="no nodes"):
        start_pipeline(pipeline=empty, now=clock.now(), host=HOST)
    assert numbers(empty) == []


def test_what_was_archived_a_moment_ago_is_not_run(pipeline: Pipeline) -> None:
    Pipeline.objects.filter(pk=pipeline.pk).update(archived_at=clock.now())

    with pytest.raises(RunRefused, match="is archived"):
        start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST)
    assert not Run.objects.exists()


def test_nothing_of_a_team_that_was_archived_a_moment_ago_is_run(pipeline: Pipeline) -> None:
    Team.objects.filter(pk=pipeline.team_id).update(archived_at=clock.now())

    with pytest.raises(RunRefused, match="team Alice is archived"):
        start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST)
    assert not Run.objects.exists()


def test_runs_of_other_pipelines_that_begin_at_the_same_moment_count_for_the_team(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MOST_RUNS_A_TEAM", 1)

    def request_late(**asked: Any) -> Run:
        # As long as it takes for the others to have counted.
        time.sleep(0.3)
        return request_run(**asked)

    monkeypatch.setattr(services, "request_run", request_late)
    pipelines = [pipeline, *(copy_pipeline(pipeline=pipeline, now=clock.now()) for _ in range(3))]

    def press(chosen: Pipeline) -> str:
        try:
            start_pipeline(pipeline=chosen, now=clock.now(), host=HOST)
        except RunRefused as error:
            return error.message
        finally:
            connection.close()
        return "started"

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        told = list(pool.map(press, pipelines))

    assert told.count("started") == 1
    assert [text for text in told if text != "started"] == ["The team has 1 run already; stop one of them first."] * 3


def test_of_two_who_press_at_once_one_starts_the_run_and_the_other_is_shown_it(pipeline: Pipeline) -> None:
    def press() -> Run:
        try:
            return start_pipeline(pipeline=pipeline, now=clock.now(), host=HOST)
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        presses = [pool.submit(press) for _ in range(4)]
        outcomes = [press.exception() or press.result() for press in presses]

    started = [one for one in outcomes if isinstance(one, Run)]
    refused = [one for one in outcomes if isinstance(one, AlreadyRunning)]
    assert (len(started), len(refused)) == (1, 3)
    assert {one.run for one in refused} == set(started)
