"""What can be read of pipelines."""

from django.db.models import QuerySet

from factory.domain.accounts.models import Team
from factory.domain.catalogue.components import manifests
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.pipelines.models import Endpoint, Node, Pipeline, Version, Wire


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
    names = {row.pk: row.name for row in rows}
    wires = Wire.objects.filter(version=version).values_list("source_id", "source_port", "target_id", "target_port")
    return Graph(
        name=version.pipeline.name,
        description=version.pipeline.description,
        nodes={row.name: GraphNode(row.component, row.parameters) for row in rows},
        wires=tuple(
            GraphWire(names[source], source_port, names[target], target_port)
            for source, source_port, target, target_port in wires
        ),
        layout={row.name: Position(row.x, row.y) for row in rows if row.x is not None and row.y is not None},
    )


def pipelines_of(*, team: Team) -> QuerySet[Pipeline]:
    """What a team has and has not archived, the last saved first."""
    return Pipeline.objects.filter(team=team, archived_at=None).order_by("-saved_at", "-pk")


def pipeline_of(*, team: Team, slug: str) -> Pipeline | None:
    """One pipeline of a team; None where there is none, or it is archived."""
    return Pipeline.objects.filter(team=team, slug=slug, archived_at=None).select_related("team", "saved_by").first()


def endpoint(*, id: str) -> Endpoint | None:  # noqa: A002  # as the column is called
    """The endpoint of this id, with its pipeline; None where there is none, or the pipeline is archived."""
    found = Endpoint.objects.filter(pk=id, pipeline__archived_at=None).select_related("pipeline__team")
    return found.first()


def endpoints_of(*, pipeline: Pipeline, graph: Graph) -> list[Endpoint]:
    """The endpoints of the gateway nodes that the graph has, in the order of the nodes."""
    rows = {(row.node, row.kind): row for row in Endpoint.objects.filter(pipeline=pipeline)}
    wanted = gateway_kinds(graph)
    return [rows[pair] for pair in wanted.items() if pair in rows]


def gateway_kinds(graph: Graph) -> dict[str, str]:
    """Node to the kind of its address, for the nodes that have one."""
    known = manifests()
    placed = {name: known.get(node.component) for name, node in graph.nodes.items()}
    return {name: str(manifest.endpoint) for name, manifest in placed.items() if manifest and manifest.endpoint}
