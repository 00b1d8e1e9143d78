"""Puts together what is answered about pipelines."""

from django.conf import settings
from django.http import HttpRequest

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Team
from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import name_of
from factory.domain.catalogue.components import manifests
from factory.domain.graph.graph import Graph
from factory.domain.graph.validate import validate
from factory.domain.pipelines import models
from factory.domain.pipelines.selectors import endpoints_of, read_draft
from factory.domain.runs.selectors import newest_run
from factory.domain.secrets.selectors import names_of
from factory.doors.api.v1.shapes.documents import document_of
from factory.doors.api.v1.shapes.pipelines import Endpoint, May, Pipeline
from factory.doors.api.v1.shapes.problems import Problem
from factory.doors.api.v1.shapes.runs import RunSummary


def pipeline_answer(request: HttpRequest, membership: Membership, pipeline: models.Pipeline) -> Pipeline:
    """A pipeline as this member may see it."""
    graph = read_draft(pipeline=pipeline)
    run = newest_run(pipeline_id=pipeline.pk)
    return Pipeline(
        team=membership.team.slug,
        slug=pipeline.slug,
        name=pipeline.name,
        description=pipeline.description,
        revision=pipeline.revision,
        saved_by=name_of(pipeline.saved_by) if pipeline.saved_by is not None else "",
        saved_at=pipeline.saved_at,
        document=document_of(graph),
        problems=problems_answer(graph, membership.team),
        endpoints=endpoints_answer(request, membership, pipeline, graph),
        published=pipeline.published.number if pipeline.published is not None else None,
        run=RunSummary.of(run) if run is not None else None,
        may=May(edit=membership.may(Action.EDIT), run=membership.may(Action.RUN)),
    )


def problems_answer(graph: Graph, team: Team) -> list[Problem]:
    """What keeps a graph from running."""
    names = names_of(team=team)
    return [Problem.of(problem) for problem in validate(graph, manifests(team), secrets=names)]


def endpoints_answer(
    request: HttpRequest, membership: Membership, pipeline: models.Pipeline, graph: Graph
) -> list[Endpoint]:
    """The addresses of a pipeline's gateways, under the name by which the site was asked."""
    # A proxy that ends TLS may not say so; a token must not go to an address without it.
    scheme = "https" if request.is_secure() or settings.SESSION_COOKIE_SECURE else "http"
    return [
        Endpoint(
            id=endpoint.pk,
            node=endpoint.node,
            kind=models.EndpointKind(endpoint.kind),
            address=f"{scheme}://{request.get_host()}/{endpoint.kind}/{endpoint.pk}",
        )
        for endpoint in endpoints_of(pipeline=pipeline, graph=graph)
    ]
