import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import pipeline_of
from factory.domain.pipelines.signals import pipeline_changed
from factory.domain.runs.archiving import PipelineRuns, archive_pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import newest_runs
from factory.domain.runs.services import request_run
from factory.domain.runs.states import RunState


@pytest.fixture
def pipeline(run: Run) -> Pipeline:
    return run.version.pipeline


def test_a_pipeline_that_runs_is_kept(pipeline: Pipeline, now: datetime.datetime) -> None:
    with pytest.raises(PipelineRuns, match="stop its run first"):
        archive_pipeline(pipeline=pipeline, now=now)

    assert pipeline_of(team=pipeline.team, slug=pipeline.slug) == pipeline


def test_archiving_hides_the_pipeline_keeps_its_runs_and_is_told(
    run: Run,
    pipeline: Pipeline,
    now: datetime.datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[int] = []

    def hear(*, pipeline_id: int, **_newer: object) -> None:
        told.append(pipeline_id)

    pipeline_changed.connect(hear)
    run.move_to(RunState.STOPPED, now=now)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            archive_pipeline(pipeline=pipeline, now=now)
            archive_pipeline(pipeline=pipeline, now=now + datetime.timedelta(hours=1))
    finally:
        pipeline_changed.disconnect(hear)

    pipeline.refresh_from_db()
    assert pipeline.archived_at == now
    assert pipeline_of(team=pipeline.team, slug=pipeline.slug) is None
    assert Run.objects.filter(pk=run.pk).exists()
    assert told == [pipeline.pk]


def test_the_newest_run_of_each_pipeline_takes_one_query(run: Run, pipeline: Pipeline, now: datetime.datetime) -> None:
    deadline = now + datetime.timedelta(hours=2)
    later = request_run(version=run.version, now=now + datetime.timedelta(seconds=1), deadline=deadline, host="here")

    with CaptureQueriesContext(connection) as asked:
        found = newest_runs(pipeline_ids=[pipeline.pk, 999])
        numbers = [each.version.number for each in found.values()]

    assert found == {pipeline.pk: later}
    assert numbers == [run.version.number]
    assert len(asked) == 1
    assert newest_runs(pipeline_ids=[]) == {}
