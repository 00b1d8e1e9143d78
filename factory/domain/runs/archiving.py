"""Putting a pipeline away, which its runs have a say in."""

import datetime
from typing import ClassVar

from django.db import transaction

from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.signals import tell_on_commit
from factory.domain.runs.selectors import current_run
from factory.foundation.errors import UserError


class PipelineRuns(UserError):
    """A run of the pipeline is not over."""

    id: ClassVar[str] = "pipelines:user:runs"


@transaction.atomic
def archive_pipeline(*, pipeline: Pipeline, now: datetime.datetime) -> None:
    """Hide a pipeline and free its slug; its runs and their files stay. One that is archived stays as it is.

    Raises:
        PipelineRuns: a run of it is not over.
    """
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    if current_run(pipeline_id=locked.pk) is not None:
        raise PipelineRuns(f"{locked.name} is running; stop its run first, then archive it.")
    if Pipeline.objects.filter(pk=locked.pk, archived_at=None).update(archived_at=now):
        tell_on_commit(pipeline_id=locked.pk)
