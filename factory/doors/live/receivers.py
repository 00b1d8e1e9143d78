"""Hears what has changed, in whatever process, and rings for the browsers; and that somebody's rights may be others."""

import functools
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from factory.domain.accounts.models import Member, User
from factory.domain.pipelines.signals import pipeline_changed
from factory.domain.runs.groups import pipeline_group
from factory.domain.runs.models import Run
from factory.domain.runs.signals import run_changed, run_shown
from factory.doors.live.watch import look_soon
from factory.orchestration.bell_ringer import ring_group

_RUNS_REMEMBERED = 1000


@receiver([run_changed, run_shown])
def ring_for_run(sender: Any, *, run_id: str, **_more: Any) -> None:
    """Never waits and never fails: feeds look by themselves every few seconds."""
    _ring(_pipeline_of(run_id))


@receiver(pipeline_changed)
def ring_for_pipeline(sender: Any, *, pipeline_id: int, **_more: Any) -> None:
    """As for a run."""
    _ring(pipeline_id)


@receiver([post_save, post_delete], sender=Member)
@receiver(post_save, sender=User)
def look_at_rights(sender: Any, **_more: Any) -> None:
    """Someone is another member than before, or none, or is no longer active: once that is kept."""
    transaction.on_commit(look_soon)


@receiver(user_logged_out)
def look_at_sessions(sender: Any, **_more: Any) -> None:
    """The session is gone in a moment."""
    look_soon()


def _ring(pipeline_id: int) -> None:
    ring_group(pipeline_group(pipeline_id=pipeline_id), {"type": "pipeline.changed", "pipeline": pipeline_id})


@functools.lru_cache(maxsize=_RUNS_REMEMBERED)
def _pipeline_of(run_id: str) -> int:
    """Of which pipeline a run is, for ever."""
    pipeline: int = Run.objects.values_list("version__pipeline_id", flat=True).get(pk=run_id)
    return pipeline
