"""The runs of a pipeline: start, list, look at, stop, change while they live."""

import dataclasses

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import name_of
from factory.domain.pipelines.services import DraftConflict
from factory.domain.runs.selectors import newest_changes, run_of, runs_of, snapshot
from factory.domain.runs.services import change_parameters, request_stop
from factory.doors.api.v1.access import enter_pipeline, enter_run
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.pipelines import conflict
from factory.doors.api.v1.shapes.runs import (
    Artifact,
    Change,
    LiveParameters,
    NodeSnapshot,
    ParametersRevision,
    RunDetail,
    RunPage,
    RunSummary,
    StartRun,
)
from factory.foundation import clock
from factory.orchestration.admission import start_pipeline

router = Router(tags=["runs"])
RUNS = "/teams/{slug:team}/pipelines/{slug:slug}/runs"
MOST_CHANGES = 500


@router.post(RUNS, response={201: RunSummary})
def start_run(request: HttpRequest, response: HttpResponse, team: str, slug: str, start: StartRun) -> RunSummary:
    """Run the draft as it is; refused while a run of the pipeline is not over."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.RUN)
    try:
        run = start_pipeline(
            pipeline=pipeline,
            now=clock.now(),
            host=settings.FACTORY_HOST,
            expected_revision=start.revision,
            by=membership,
        )
    except DraftConflict as error:
        raise conflict(request, membership, slug, error) from None
    response["Location"] = f"/api/v1/teams/{team}/pipelines/{slug}/runs/{run.pk}"
    return RunSummary.of(run)


@router.get(RUNS, response=RunPage)
def list_runs(request: HttpRequest, team: str, slug: str, cursor: Cursor = "", limit: Limit = USUAL) -> RunPage:
    """The runs of a pipeline, the newest first."""
    _, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    rows = runs_of(pipeline_id=pipeline.pk)
    page, following = cut(rows, by="requested_at", cursor=cursor, limit=limit, what=f"runs-{pipeline.pk}")
    return RunPage(items=[RunSummary.of(run) for run in page], next=following)


@router.get(RUNS + "/{slug:run}", response=RunDetail)
def show_run(request: HttpRequest, team: str, slug: str, run: str) -> RunDetail:
    """A run with its nodes, its newest changes and its files."""
    _, row = enter_run(request, team, slug, run, Action.SEE)
    seen = snapshot(run_id=row.pk)
    base = f"/api/v1/teams/{team}/pipelines/{slug}/runs/{row.pk}/artifacts"
    return RunDetail(
        **RunSummary.of(row).model_dump(),
        nodes=[NodeSnapshot.model_validate(dataclasses.asdict(node)) for node in seen.nodes],
        changes=[
            Change(node=change.node, old=change.old, new=change.new, reason=change.reason, at=change.at)
            for change in newest_changes(run_id=row.pk, most=MOST_CHANGES)
        ],
        artifacts=[Artifact.of(file, href=f"{base}/{file.id}") for file in seen.artifacts],
    )


@router.post(RUNS + "/{slug:run}/stop", response={202: RunSummary})
def stop_run(request: HttpRequest, team: str, slug: str, run: str) -> RunSummary:
    """Ask a run to end; one that has ended is fine."""
    membership, row = enter_run(request, team, slug, run, Action.RUN)
    request_stop(run_id=row.pk, now=clock.now(), reason=f"{name_of(membership.user)} stopped it", by=membership)
    return RunSummary.of(run_of(pipeline_id=row.version.pipeline_id, run_id=row.pk) or row)


@router.patch(RUNS + "/{slug:run}/nodes/{slug:node}", response=ParametersRevision)
def change_node(
    request: HttpRequest, team: str, slug: str, run: str, node: str, change: LiveParameters
) -> ParametersRevision:
    """Change parameters of a node while it runs, those that apply live."""
    membership, row = enter_run(request, team, slug, run, Action.EDIT)
    given, now = change.parameters, clock.now()
    revision = change_parameters(run_id=row.pk, node=node, parameters=given, now=now, by=membership)
    return ParametersRevision(revision=revision)
