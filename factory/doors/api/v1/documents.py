"""Documents without a pipeline: text to JSON and back."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router

from factory.domain.accounts.policy import Action
from factory.domain.catalogue.components import manifests
from factory.domain.graph.document import dump, from_value, parse
from factory.domain.graph.validate import validate
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.bodies import YAML, read_yaml_text
from factory.doors.api.v1.described import file_of, yaml_body
from factory.doors.api.v1.shapes.documents import GivenDocument, Parsed, document_of
from factory.doors.api.v1.shapes.problems import Problem

router = Router(tags=["documents"], exclude_unset=True)
TeamOfComponents = Annotated[str, Query(max_length=40, description="a team whose own components are known too")]


@router.post("/documents/parse", response=Parsed, openapi_extra=yaml_body())
def parse_document(request: HttpRequest, team: TeamOfComponents = "") -> Parsed:
    """Read a `pipeline.yaml`; what cannot be read is told line by line."""
    of_team = enter_team(request, team, Action.SEE).team if team else None
    graph = parse(read_yaml_text(request))
    problems = [Problem.of(each) for each in validate(graph, manifests(of_team))]
    return Parsed(document=document_of(graph), problems=problems)


@router.post("/documents/print", openapi_extra=file_of(YAML, description="The document as `pipeline.yaml`."))
def print_document(request: HttpRequest, document: Body[GivenDocument]) -> HttpResponse:
    """Write a document as `pipeline.yaml`."""
    return HttpResponse(dump(from_value(document)), content_type=f"{YAML}; charset=utf-8")
