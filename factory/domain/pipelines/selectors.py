"""What can be read of pipelines."""

from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.pipelines.models import Node, Pipeline, Version, Wire


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
