"""Withdrawn components: they run on in the versions that have them, and nobody begins to use them."""

from factory.domain.catalogue.components import entries
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.domain.graph.graph import Graph
from factory.domain.graph.problems import Code, Problem
from factory.domain.pipelines.models import Node, Pipeline


def check_withdrawn(*, pipeline: Pipeline, graph: Graph) -> list[Problem]:
    """Nodes of components that were withdrawn before any numbered version of the pipeline had them."""
    known = entries(pipeline.team)
    withdrawn = {ref for ref, entry in known.items() if entry.status is ReleaseStatus.YANKED}
    placed = withdrawn & {node.component for node in graph.nodes.values()}
    if not placed:
        return []
    rows = Node.objects.filter(version__pipeline=pipeline, version__number__isnull=False, component__in=placed)
    fresh = placed - set(rows.values_list("component", flat=True))
    return [
        Problem(
            Code.UNKNOWN_COMPONENT,
            node=name,
            port="",
            message=f"{node.component} was withdrawn: {known[node.component].status_note.rstrip('.')}.",
            remedy="Replace it by another component; it goes on running only where a version has it already.",
        )
        for name, node in graph.nodes.items()
        if node.component in fresh
    ]
