"""The pipelines of a team: list, make, look at, save, archive."""

import dataclasses
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.graph.document import from_value
from factory.domain.pipelines import models
from factory.domain.pipelines.new_pipelines import create_from_graph
from factory.domain.pipelines.selectors import search_pipelines
from factory.domain.pipelines.services import DraftConflict, create_pipeline, save_draft
from factory.domain.runs.archiving import archive_pipeline
from factory.domain.runs.selectors import newest_runs
from factory.doors.api.v1.access import enter_pipeline, enter_team
from factory.doors.api.v1.described import if_match
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.pipeline_answers import endpoints_answer, pipeline_answer, problems_answer
from factory.doors.api.v1.refusals import Refusal
from factory.doors.api.v1.revisions import names_no_revision, revision_required, tag_of
from factory.doors.api.v1.shapes.documents import GivenDocument
from factory.doors.api.v1.shapes.pipelines import NewPipeline, Pipeline, PipelinePage, PipelineSummary, Saved
from factory.doors.api.v1.shapes.runs import RunSummary
from factory.foundation import clock

router = Router(tags=["pipelines"], exclude_unset=True)
Sought = Annotated[str, Query(max_length=80, description="a part of the name or of the description")]


@router.get("/teams/{slug:team}/pipelines", response=PipelinePage)
def list_pipelines(
    request: HttpRequest, team: str, q: Sought = "", cursor: Cursor = "", limit: Limit = USUAL
) -> PipelinePage:
    """The pipelines of a team that are not archived, the last saved first."""
    membership = enter_team(request, team, Action.SEE)
    sought = "".join(character for character in q if character.isprintable()).strip()
    rows = search_pipelines(team=membership.team, sought=sought)
    page, following = cut(rows, by="saved_at", cursor=cursor, limit=limit, what=f"pipelines-{membership.team.pk}")
    runs = newest_runs(pipeline_ids=[pipeline.pk for pipeline in page])
    items = [
        PipelineSummary(
            slug=pipeline.slug,
            name=pipeline.name,
            description=pipeline.description,
            revision=pipeline.revision,
            saved_at=pipeline.saved_at,
            nodes=getattr(pipeline, "nodes"),  # noqa: B009  # counted by the query
            run=RunSummary.of(runs[pipeline.pk]) if pipeline.pk in runs else None,
        )
        for pipeline in page
    ]
    return PipelinePage(items=items, next=following)


@router.post("/teams/{slug:team}/pipelines", response={201: Pipeline})
def make_pipeline(request: HttpRequest, response: HttpResponse, team: str, new: NewPipeline) -> Pipeline:
    """Make a pipeline, empty or with a document as its draft."""
    membership = enter_team(request, team, Action.EDIT)
    named, by, token, now = membership.team, membership.user, membership.token, clock.now()
    if new.document is None:
        pipeline = create_pipeline(team=named, name=new.name, now=now, by=by, token=token)
    else:
        graph = dataclasses.replace(from_value(new.document), name=new.name)
        pipeline = create_from_graph(team=named, graph=graph, now=now, by=by, token=token)
    return created(request, response, membership, pipeline)


@router.get("/teams/{slug:team}/pipelines/{slug:slug}", response=Pipeline)
def show_pipeline(request: HttpRequest, response: HttpResponse, team: str, slug: str) -> Pipeline:
    """A pipeline's draft with all that the editor shows of it."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    answer = pipeline_answer(request, membership, pipeline)
    response["ETag"] = tag_of(answer.revision)
    return answer


@router.put("/teams/{slug:team}/pipelines/{slug:slug}", response=Saved, openapi_extra=if_match())
def save_pipeline(
    request: HttpRequest, response: HttpResponse, team: str, slug: str, document: Body[GivenDocument]
) -> Saved:
    """Replace the draft, which need not be able to run yet; refused where someone saved meanwhile."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    revision = revision_required(request)
    graph, now = from_value(document), clock.now()
    try:
        saved = save_draft(pipeline=pipeline, graph=graph, expected_revision=revision, now=now, by=membership.user)
    except DraftConflict as error:
        raise conflict(request, membership, slug, error) from None
    response["ETag"] = tag_of(saved)
    return Saved(
        revision=saved,
        saved_at=now,
        problems=problems_answer(graph, membership.team),
        endpoints=endpoints_answer(request, membership, pipeline, graph),
    )


@router.delete("/teams/{slug:team}/pipelines/{slug:slug}", response={204: None})
def delete_pipeline(request: HttpRequest, team: str, slug: str) -> None:
    """Archive a pipeline: hidden, its slug free for another; its runs and their files are kept."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    archive_pipeline(pipeline=pipeline, now=clock.now(), by=membership)


def created(
    request: HttpRequest, response: HttpResponse, membership: Membership, pipeline: models.Pipeline
) -> Pipeline:
    """The answer to who made a pipeline, with its address and its revision."""
    answer = pipeline_answer(request, membership, pipeline)
    response["Location"] = f"/api/v1/teams/{membership.team.slug}/pipelines/{pipeline.slug}"
    response["ETag"] = tag_of(answer.revision)
    return answer


def conflict(request: HttpRequest, membership: Membership, slug: str, error: DraftConflict) -> Refusal:
    """What someone else saved meanwhile, so that nobody has to lose anything."""
    _, pipeline = enter_pipeline(request, membership.team.slug, slug, Action.SEE)
    current = pipeline_answer(request, membership, pipeline)
    tag = tag_of(current.revision)
    refused = Refusal.of(error, 412, headers={"ETag": tag}, current=as_sent(current))
    if names_no_revision(request):
        refused.title = f"If-Match names no revision; look at what is there now, then send its ETag, {tag}."
    return refused


def as_sent(answer: Pipeline) -> dict[str, object]:
    """As it would be answered: what a document leaves out stays out."""
    return answer.model_dump(exclude_unset=True)
