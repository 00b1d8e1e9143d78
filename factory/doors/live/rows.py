"""Reads what a pipeline's browsers are shown; blocks, so it is called on a thread."""

import logging

from factory.domain.accounts.selectors import name_of
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs import selectors
from factory.domain.runs.models import Run
from factory.doors.live.run_costs import COSTS
from factory.doors.live.view import Cost, PipelineRows
from factory.foundation.errors import FactoryError

logger = logging.getLogger(__name__)


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
    return PipelineRows(pipeline.name, pipeline.revision, saved_by, snapshot, run.version.number or 0, _cost_of(run))


def _cost_of(run: Run) -> Cost | None:
    """What the run costs; None where that cannot be said, which must keep nobody from seeing the run."""
    try:
        return COSTS.of(run.pk, run.state)
    except FactoryError as error:
        logger.warning("what run %s costs cannot be said: %s", run.pk, error)
        return None
