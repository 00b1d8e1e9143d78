"""The numbered versions of a pipeline, and what differs between two."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from factory.domain.accounts.policy import Action
from factory.domain.pipelines import models, versions
from factory.domain.pipelines.selectors import draft_of
from factory.domain.pipelines.services import DraftConflict
from factory.doors.api.v1.access import enter_pipeline
from factory.doors.api.v1.described import if_match
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.pipeline_answers import endpoints_answer, problems_answer
from factory.doors.api.v1.pipelines import conflict
from factory.doors.api.v1.revisions import revision_required, tag_of
from factory.doors.api.v1.shapes.documents import document_of
from factory.doors.api.v1.shapes.pipelines import Saved
from factory.doors.api.v1.shapes.versions import Difference, NewVersion, Version, VersionDetail, VersionPage
from factory.foundation import clock

router = Router(tags=["versions"], exclude_unset=True)
VERSIONS = "/teams/{slug:team}/pipelines/{slug:slug}/versions"
ONE = VERSIONS + "/{int:number}"
LARGEST = 2**31 - 1
Against = Annotated[
    Literal["draft"] | Annotated[int, Query(ge=1, le=LARGEST)], Query(description="another version's number, or draft")
]


@router.get(VERSIONS, response=VersionPage)
def list_versions(request: HttpRequest, team: str, slug: str, cursor: Cursor = "", limit: Limit = USUAL) -> VersionPage:
    """The versions of a pipeline, the newest first."""
    _, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    rows = versions.versions_of(pipeline=pipeline)
    page, following = cut(rows, by="created_at", cursor=cursor, limit=limit, what=f"versions-{pipeline.pk}")
    return VersionPage(items=_answers(pipeline, page), next=following)


@router.post(VERSIONS, response={201: Version})
def make_version(request: HttpRequest, response: HttpResponse, team: str, slug: str, new: NewVersion) -> Version:
    """Make the draft the next version; refused where it cannot run."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    made = versions.make_version(
        pipeline=pipeline, note=new.note, now=clock.now(), by=membership.user, token=membership.token
    )
    response["Location"] = f"/api/v1/teams/{team}/pipelines/{slug}/versions/{made.number}"
    return _answers(pipeline, [made])[0]


@router.get(ONE, response=VersionDetail)
def show_version(request: HttpRequest, team: str, slug: str, number: int) -> VersionDetail:
    """A version with its document."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    version = versions.version_of(pipeline=pipeline, number=number)
    graph = versions.graph_at(pipeline=pipeline, number=number)
    head = _answers(pipeline, [version])[0]
    problems = problems_answer(graph, membership.team)
    return VersionDetail(**head.model_dump(), document=document_of(graph), problems=problems)


@router.get(ONE + "/diff", response=Difference)
def compare_versions(request: HttpRequest, team: str, slug: str, number: int, against: Against = "draft") -> Difference:
    """What leads from this version to another, or to the draft; a later one adds what this one has not."""
    _, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    other = None if against == "draft" else against
    return Difference.of(versions.differences_between(pipeline=pipeline, before=number, after=other))


@router.post(ONE + "/publish", response=Version)
def publish_version(request: HttpRequest, team: str, slug: str, number: int) -> Version:
    """Make a version the one that endpoints start; one that is published already is fine."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    version = versions.publish_version(
        pipeline=pipeline, number=number, now=clock.now(), by=membership.user, token=membership.token
    )
    return _answers(pipeline, [version])[0]


@router.post(ONE + "/restore", response=Saved, openapi_extra=if_match())
def restore_version(request: HttpRequest, response: HttpResponse, team: str, slug: str, number: int) -> Saved:
    """Make the draft what a version is; refused where someone saved meanwhile. The version stays."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    revision, now = revision_required(request), clock.now()
    try:
        saved = versions.restore_version(
            pipeline=pipeline,
            number=number,
            expected_revision=revision,
            now=now,
            by=membership.user,
            token=membership.token,
        )
    except DraftConflict as error:
        raise conflict(request, membership, slug, error) from None
    graph = versions.graph_at(pipeline=pipeline, number=None)
    response["ETag"] = tag_of(saved)
    return Saved(
        revision=saved,
        saved_at=now,
        problems=problems_answer(graph, membership.team),
        endpoints=endpoints_answer(request, membership, pipeline, graph),
    )


def _answers(pipeline: models.Pipeline, rows: list[models.Version]) -> list[Version]:
    nodes, makers, draft = versions.node_counts(versions=rows), versions.makers_of(versions=rows), draft_of(pipeline)
    return [
        Version(
            number=row.number or 0,
            note=row.note,
            created_at=row.created_at,
            created_by=makers.get(row.number or 0, ""),
            published=row.pk == pipeline.published_id,
            nodes=nodes.get(row.pk, 0),
            is_draft=row.spec_digest == draft.spec_digest,
        )
        for row in rows
    ]
