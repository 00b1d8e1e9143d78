"""Reads what a pipeline's browsers are shown; blocks, so it is called on a thread."""

from factory.domain.accounts.selectors import name_of
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs import selectors
from factory.doors.live.view import PipelineRows


def read_rows(pipeline_id: int) -> PipelineRows | None:
    """The draft and the newest run of a pipeline; None once it is archived or gone.

    Raises:
        django.db.Error: the database is away.
    """
    pipeline = Pipeline.objects.filter(pk=pipeline_id, archived_at=None).select_related("saved_by").first()
    if pipeline is None:
        return None
    saved_by = name_of(pipeline.saved_by) if pipeline.saved_by is not None else ""
    run = selectors.newest_run(pipeline_id=pipeline_id)
    if run is None:
        return PipelineRows(pipeline.name, pipeline.revision, saved_by)
    snapshot = selectors.snapshot(run_id=run.pk)
    return PipelineRows(pipeline.name, pipeline.revision, saved_by, snapshot, run.version.number or 0)
