"""What can be read of pipelines."""

from typing import ClassVar

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from factory.domain.accounts.models import Team
from factory.domain.catalogue.components import manifests
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.pipelines.models import Endpoint, Node, Pipeline, Version, Wire
from factory.foundation.errors import TemporaryError

_MOST_READS = 5


class DraftBusy(TemporaryError):
    """The draft was saved again and again while it was read."""

    id: ClassVar[str] = "pipelines:ours:draft-busy"


def draft_of(pipeline: Pipeline) -> Version:
    """The one version that can be edited."""
    draft: Version = Version.objects.get(pipeline=pipeline, number__isnull=True)
    return draft


def newest_version(pipeline: Pipeline) -> Version | None:
    """The numbered version with the highest number, None before the first."""
    newest: Version | None = Version.objects.filter(pipeline=pipeline, number__isnull=False).order_by("-number").first()
    return newest


def graph_of(version: Version) -> Graph:
    """The graph of a draft or of a numbered version; three queries, whatever its size."""
    rows: list[Node] = list(Node.objects.filter(version=version))
    # By name: a draft that is saved between the two queries has other nodes.
    ends = ("source__name", "source_port", "target__name", "target_port")
    wires = Wire.objects.filter(version=version).values_list(*ends)
    return Graph(
        name=version.pipeline.name,
        description=version.pipeline.description,
        nodes={row.name: GraphNode(row.component, row.parameters) for row in rows},
        wires=tuple(GraphWire(*ends) for ends in wires),
        layout={row.name: Position(row.x, row.y) for row in rows if row.x is not None and row.y is not None},
    )


def read_draft(*, pipeline: Pipeline) -> Graph:
    """The draft's graph as it is at `pipeline.revision`; where someone saves meanwhile, both are read again.

    Raises:
        DraftBusy: it never stood still.
    """
    for _ in range(_MOST_READS):
        draft = draft_of(pipeline)
        draft.pipeline = pipeline
        graph = graph_of(draft)
        if Pipeline.objects.filter(pk=pipeline.pk, revision=pipeline.revision).exists():
            return graph
        pipeline.refresh_from_db(fields=["revision", "name", "description", "saved_by", "saved_at", "published"])
    raise DraftBusy(f"{pipeline.name} is being saved all the time; try again in a moment.")


def pipelines_of(*, team: Team) -> QuerySet[Pipeline]:
    """What a team has and has not archived, the last saved first."""
    return Pipeline.objects.filter(team=team, archived_at=None).order_by(F("saved_at").desc(nulls_last=True), "-pk")


def search_pipelines(*, team: Team, sought: str = "") -> QuerySet[Pipeline]:
    """As `pipelines_of`, those whose name or description holds the text; each with `nodes`, how many its draft has."""
    found = pipelines_of(team=team)
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(description__icontains=sought))
    # Of the draft alone: joined to every version, history would make the list slow.
    drawn = Node.objects.filter(version__pipeline=OuterRef("pk"), version__number__isnull=True)
    counted = drawn.order_by().values("version").annotate(many=Count("pk")).values("many")
    return found.annotate(nodes=Coalesce(Subquery(counted), 0)).select_related("saved_by")


def pipeline_of(*, team: Team, slug: str) -> Pipeline | None:
    """One pipeline of a team; None where there is none, or it is archived."""
    found = Pipeline.objects.filter(team=team, slug=slug, archived_at=None)
    return found.select_related("team", "saved_by", "published").first()


def endpoint(*, id: str) -> Endpoint | None:  # noqa: A002  # as the column is called
    """The endpoint of this id, with its pipeline; None where there is none, or the pipeline is archived."""
    found = Endpoint.objects.filter(pk=id, pipeline__archived_at=None).select_related("pipeline__team")
    return found.first()


def endpoints_of(*, pipeline: Pipeline, graph: Graph) -> list[Endpoint]:
    """The endpoints of the gateway nodes that the graph has, in the order of the nodes."""
    wanted = gateway_kinds(graph, pipeline.team)
    found = Endpoint.objects.filter(pipeline=pipeline, node__in=wanted)
    rows = {(row.node, row.kind): row for row in found}
    return [rows[pair] for pair in wanted.items() if pair in rows]


def gateway_kinds(graph: Graph, team: Team) -> dict[str, str]:
    """Node to the kind of its address, for the nodes that have one."""
    known = manifests(team)
    placed = {name: known.get(node.component) for name, node in graph.nodes.items()}
    return {name: str(manifest.endpoint) for name, manifest in placed.items() if manifest and manifest.endpoint}
