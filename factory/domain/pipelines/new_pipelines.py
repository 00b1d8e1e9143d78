"""The verbs that make a whole new pipeline: from a file, from a graph, from another one."""

import contextlib
import dataclasses
import datetime

from django.db import transaction

from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.graph.document import parse
from factory.domain.graph.graph import Graph
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import read_draft
from factory.domain.pipelines.services import PipelineExists, create_pipeline, save_draft, slug_of

_NAME_CHARACTERS = 80
_MOST_TRIES = 10
"""For a free name; each is lost to somebody who took it at the same moment."""


def create_from_text(
    *,
    team: Team,
    text: str,
    now: datetime.datetime,
    by: User | None = None,
    token: ApiToken | None = None,
    name: str = "",
    origin: str = "a file",
) -> Pipeline:
    """A new pipeline from a `pipeline.yaml`, under the name in it or another; a taken name gets a number.

    Raises:
        PipelineFileInvalid: it cannot be read.
        GraphRefused: the graph breaks rules without which it cannot be kept.
        PipelineExists: others took every name that was free.
    """
    graph = parse(text)
    named = dataclasses.replace(graph, name=name or graph.name)
    return _create_numbered(team=team, graph=named, now=now, by=by, token=token, origin=origin)


@transaction.atomic
def create_from_graph(
    *,
    team: Team,
    graph: Graph,
    now: datetime.datetime,
    by: User | None = None,
    token: ApiToken | None = None,
    origin: str = "",
) -> Pipeline:
    """A new pipeline with this graph as its draft.

    Raises:
        PipelineExists: the team has one of this name.
        GraphRefused: the graph breaks rules without which it cannot be kept.
    """
    pipeline = create_pipeline(
        team=team, name=graph.name, now=now, description=graph.description, by=by, token=token, origin=origin
    )
    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now, by=by)
    return pipeline


def copy_pipeline(
    *,
    pipeline: Pipeline,
    now: datetime.datetime,
    by: User | None = None,
    token: ApiToken | None = None,
    name: str = "",
) -> Pipeline:
    """A new pipeline with the draft of this one; without a name it gets that of this one and a number.

    Raises:
        DraftBusy: the draft is being saved all the time.
        PipelineExists: the team has one of this name.
        GraphRefused: the name cannot be one.
    """
    graph = read_draft(pipeline=pipeline)
    origin = f"a copy of {pipeline.name}"
    if name:
        graph = dataclasses.replace(graph, name=name)
        return create_from_graph(team=pipeline.team, graph=graph, now=now, by=by, token=token, origin=origin)
    return _create_numbered(team=pipeline.team, graph=graph, now=now, by=by, token=token, origin=origin)


def free_name(*, team: Team, name: str) -> str:
    """The name, or the first of `name 2`, `name 3` ... whose slug the team has not taken."""
    taken = set(Pipeline.objects.filter(team=team, archived_at=None).values_list("slug", flat=True))
    numbered = (f"{name[: _NAME_CHARACTERS - len(str(number)) - 1]} {number}" for number in range(2, len(taken) + 3))
    return next((each for each in (name, *numbered) if slug_of(each) not in taken), name)


def _create_numbered(
    *,
    team: Team,
    graph: Graph,
    now: datetime.datetime,
    by: User | None,
    token: ApiToken | None,
    origin: str,
) -> Pipeline:
    def make() -> Pipeline:
        named = dataclasses.replace(graph, name=free_name(team=team, name=graph.name))
        return create_from_graph(team=team, graph=named, now=now, by=by, token=token, origin=origin)

    for _ in range(_MOST_TRIES - 1):
        with contextlib.suppress(PipelineExists):
            return make()
    return make()
