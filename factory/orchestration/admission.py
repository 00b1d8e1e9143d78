"""Whether a run may begin: asked before anything is written, answered with every reason at once."""

import datetime
from typing import ClassVar

from django.db import transaction

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Team
from factory.domain.billing.reservations import OutOfCredit, reserve_run
from factory.domain.catalogue.components import manifests
from factory.domain.graph.validate import validate
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.selectors import draft_of, graph_of, newest_version
from factory.domain.pipelines.services import DraftConflict, freeze_version
from factory.domain.pipelines.versions import tell_made
from factory.domain.runs import services
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER, current_run
from factory.domain.secrets.selectors import names_of
from factory.foundation.errors import UserError
from factory.orchestration.credit import rate_of_version

MOST_NODES = 64
MOST_RUNS_A_TEAM = 50
LONGEST_RUN = datetime.timedelta(days=1)


class RunRefused(UserError):
    """The run cannot begin; `reasons` has all of them."""

    id: ClassVar[str] = "run:user:refused"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


class RunUnaffordable(RunRefused):
    """The team's credit, or its cap for the month, does not last for the run's first minute."""

    id: ClassVar[str] = OutOfCredit.id


class AlreadyRunning(UserError):
    """The pipeline has a run that is not over; `run` is it."""

    id: ClassVar[str] = "run:user:running"

    def __init__(self, run: Run) -> None:
        super().__init__(f"The pipeline runs already (it is {run.state}); stop that run first.")
        self.run = run


@transaction.atomic
def start_run(*, version: Version, now: datetime.datetime, deadline: datetime.datetime, host: str) -> Run:
    """Ask for a run of a version that can run, where nothing speaks against it; its first minute is set aside.

    Raises:
        RunUnaffordable: there is no credit for it.
        RunRefused: something else speaks against it.
    """
    # Who starts others, or changes the team's limits, waits: they would not see this run.
    Team.objects.select_for_update(no_key=True).get(pk=version.pipeline.team_id)
    reasons = reasons_against(version=version, now=now, deadline=deadline)
    if reasons:
        raise RunRefused(reasons)
    run = services.request_run(version=version, now=now, deadline=deadline, host=host)
    try:
        reserve_run(run=run, per_hour=rate_of_version(version=version, now=now), now=now)
    except OutOfCredit as error:
        raise RunUnaffordable([error.message]) from error
    return run


@transaction.atomic
def start_pipeline(
    *,
    pipeline: Pipeline,
    now: datetime.datetime,
    host: str,
    expected_revision: int | None = None,
    by: Membership | None = None,
) -> Run:
    """Run a pipeline's draft as it is, as the newest version where that runs alike, else as a new one.

    Args:
        by: who asks for it, for the audit log; None where the house does.

    Raises:
        AlreadyRunning: a run of it is not over.
        DraftConflict: the draft is not at the expected revision any more.
        GraphRefused: the draft cannot run; with every problem.
        RunRefused: something else speaks against it; `RunUnaffordable` where that is the team's credit.
    """
    # Two who press at once: the second waits here and then finds the first one's run.
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    if locked.archived_at is not None:
        raise RunRefused([f"{locked.name} is archived; copy it or import it again to run it."])
    if expected_revision is not None and locked.revision != expected_revision:
        raise DraftConflict("Someone saved this pipeline meanwhile; look at it again before you run it.")
    running = current_run(pipeline_id=locked.pk)
    if running is not None:
        raise AlreadyRunning(running)
    # Those who start other pipelines of the team wait too, as in `start_run`.
    team = Team.objects.select_for_update(no_key=True).get(pk=locked.team_id)
    if team.archived_at is not None:
        raise RunRefused([f"The team {team.name} is archived; nothing of it runs any more."])
    version = _version_of_draft(locked, now=now, by=by)
    run = start_run(version=version, now=now, deadline=now + LONGEST_RUN, host=host)
    details = {"run": run.pk, "version": version.number}
    audit.record_by(by=by, action="run.started", subject=locked.name, now=now, details=details)
    return run


def _version_of_draft(pipeline: Pipeline, *, now: datetime.datetime, by: Membership | None) -> Version:
    """The newest version where that runs as the draft does, else a new one."""
    draft, newest = draft_of(pipeline), newest_version(pipeline)
    if newest is not None and newest.spec_digest == draft.spec_digest:
        return newest
    version = freeze_version(pipeline=pipeline, now=now, note="run")
    if by is not None:
        tell_made(version=version, by=by.user, token=by.token, now=now)
    return version


def reasons_against(*, version: Version, now: datetime.datetime, deadline: datetime.datetime) -> list[str]:
    """Everything that speaks against a run of this version; nothing where it may begin."""
    if version.number is None:
        return ["A draft cannot run; freeze it as a version first."]
    graph, known = graph_of(version), manifests(version.pipeline.team)
    secrets = names_of(team=version.pipeline.team)
    reasons = [str(problem) for problem in validate(graph, known, secrets=secrets)]
    for name, node in graph.nodes.items():
        if node.component in known and known[node.component].contract != "wires":
            contract = known[node.component].contract
            reasons.append(
                f"{name}: components of contract {contract} cannot run here yet; choose one of contract wires."
            )
    if len(graph.nodes) > MOST_NODES:
        reasons.append(f"{len(graph.nodes)} nodes are too many; a run has at most {MOST_NODES}.")
    if not now < deadline <= now + LONGEST_RUN:
        reasons.append(f"A run ends within {LONGEST_RUN.days * 24} hours; choose an earlier deadline, in the future.")
    unfinished = Run.objects.filter(team_id=version.pipeline.team_id).exclude(state__in=OVER).count()
    if unfinished >= MOST_RUNS_A_TEAM:
        reasons.append(f"The team has {unfinished} run{'s' if unfinished > 1 else ''} already; stop one of them first.")
    return reasons
