"""Putting a pipeline or a team away, which their runs have a say in."""

import datetime
from typing import ClassVar

from django.db import transaction

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Team
from factory.domain.accounts.policy import Action
from factory.domain.accounts.services import HOME_TEAM, lock_team_for
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.signals import tell_on_commit
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER, current_run
from factory.foundation.errors import UserError


class PipelineRuns(UserError):
    """A run of the pipeline is not over."""

    id: ClassVar[str] = "pipelines:user:runs"


class TeamRuns(UserError):
    """A run of the team is not over."""

    id: ClassVar[str] = "accounts:user:runs"


class HomeTeamStays(UserError):
    """The team is what the terminal's runs belong to."""

    id: ClassVar[str] = "accounts:user:home-stays"


@transaction.atomic
def archive_pipeline(*, pipeline: Pipeline, now: datetime.datetime, by: Membership | None = None) -> None:
    """Hide a pipeline and free its slug; its runs and their files stay. One that is archived stays as it is.

    Args:
        by: who asks for it, for the audit log; None where the house does.

    Raises:
        PipelineRuns: a run of it is not over.
    """
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    if current_run(pipeline_id=locked.pk) is not None:
        raise PipelineRuns(f"{locked.name} is running; stop its run first, then archive it.")
    if Pipeline.objects.filter(pk=locked.pk, archived_at=None).update(archived_at=now):
        tell_on_commit(pipeline_id=locked.pk)
        details = {"slug": locked.slug}
        audit.record_by(by=by, action="pipeline.archived", subject=locked.name, now=now, details=details)


@transaction.atomic
def archive_team(*, by: Membership, now: datetime.datetime) -> None:
    """Put a team away: nobody sees it or comes in with its tokens; what it did and paid for is kept.

    Raises:
        TeamRuns: a run of it is not over.
        HomeTeamStays: it is the installation's own.
        NoLongerAllowed: who asks is no owner any more.
    """
    if by.team.slug == HOME_TEAM:
        raise HomeTeamStays("The home team is the installation's own and stays; archive its pipelines instead.")
    # Pipelines before the team, as who starts one of them does; else each would wait for the other.
    pipelines = Pipeline.objects.filter(team=by.team, archived_at=None).order_by("pk")
    held = list(pipelines.select_for_update().values_list("pk", flat=True))
    lock_team_for(by, Action.OWN)
    if Run.objects.filter(team=by.team).exclude(state__in=OVER).exists():
        raise TeamRuns(f"Pipelines of {by.team.name} are running; stop their runs first, then archive the team.")
    if Team.objects.filter(pk=by.team.pk, archived_at=None).update(archived_at=now):
        Pipeline.objects.filter(pk__in=held).update(archived_at=now)
        audit.record(team=by.team, actor=by.user, action="team.archived", subject=by.team.slug, now=now)
