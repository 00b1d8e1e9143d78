"""Pipelines as text and as copies: import, export, copy."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from factory.domain.accounts.policy import Action
from factory.domain.graph.document import dump
from factory.domain.pipelines.new_pipelines import copy_pipeline, create_from_text
from factory.domain.pipelines.selectors import read_draft
from factory.doors.api.v1.access import enter_pipeline, enter_team
from factory.doors.api.v1.bodies import YAML, read_yaml_text
from factory.doors.api.v1.described import file_of, yaml_body
from factory.doors.api.v1.pipelines import created
from factory.doors.api.v1.shapes.pipelines import Copy, Pipeline
from factory.foundation import clock

router = Router(tags=["pipelines"], exclude_unset=True)


@router.post("/teams/{slug:team}/pipelines/import", response={201: Pipeline}, openapi_extra=yaml_body())
def import_pipeline(request: HttpRequest, response: HttpResponse, team: str) -> Pipeline:
    """Make a pipeline of a `pipeline.yaml`; a name that is taken gets a number."""
    membership = enter_team(request, team, Action.EDIT)
    text, by, token = read_yaml_text(request), membership.user, membership.token
    pipeline = create_from_text(team=membership.team, text=text, now=clock.now(), by=by, token=token)
    return created(request, response, membership, pipeline)


@router.get("/teams/{slug:team}/pipelines/{slug:slug}/export", openapi_extra=file_of(YAML))
def export_pipeline(request: HttpRequest, team: str, slug: str) -> HttpResponse:
    """The draft as `pipeline.yaml`."""
    _, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    response = HttpResponse(dump(read_draft(pipeline=pipeline)), content_type=f"{YAML}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{pipeline.slug}.yaml") or "attachment"
    return response


@router.post("/teams/{slug:team}/pipelines/{slug:slug}/copy", response={201: Pipeline})
def make_copy(request: HttpRequest, response: HttpResponse, team: str, slug: str, named: Copy) -> Pipeline:
    """Make a pipeline with the draft of this one, under another name."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.EDIT)
    by, token = membership.user, membership.token
    made = copy_pipeline(pipeline=pipeline, now=clock.now(), by=by, token=token, name=named.name)
    return created(request, response, membership, made)
