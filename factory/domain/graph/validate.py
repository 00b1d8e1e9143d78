"""Whether a pipeline can run: every rule at once, each problem with its place and its remedy.

The browser has a twin of this; both are tested from `tests/factory/domain/graph/cases.json`.
"""

from collections.abc import Iterator, Mapping, Set

from components.contract.manifest import Manifest
from factory.domain.graph.circles import check_circles
from factory.domain.graph.graph import Graph
from factory.domain.graph.node_rules import check_components, check_inputs, check_parameters, place_nodes
from factory.domain.graph.problems import Problem
from factory.domain.graph.secret_rules import check_known
from factory.domain.graph.structure import check_structure, is_too_large
from factory.domain.graph.wire_rules import check_wire


def validate(graph: Graph, manifests: Mapping[str, Manifest], *, secrets: Set[str] | None = None) -> list[Problem]:
    """Everything wrong with a graph, in a settled order; empty where it can run.

    Takes time in proportion to the graph. A place has one problem of a kind, however many rules see it.

    Args:
        graph: any graph.
        manifests: by component reference, of all components that there are.
        secrets: the names of the secrets that its team has; None where that is not asked.
    """
    found: dict[tuple[str, ...], Problem] = {}
    for problem in _check_everything(graph, manifests, secrets):
        place = (problem.code, problem.node, problem.port, problem.parameter, problem.wire)
        found.setdefault(place, problem)
    return list(found.values())


def _check_everything(graph: Graph, manifests: Mapping[str, Manifest], secrets: Set[str] | None) -> Iterator[Problem]:
    yield from check_structure(graph)
    if is_too_large(graph):
        return
    placed = place_nodes(graph, manifests)
    yield from check_components(graph, manifests)
    for name, node in placed.items():
        yield from check_parameters(graph.nodes[name], node)
    if secrets is not None:
        yield from check_known(graph, manifests, secrets)
    yield from check_circles(graph)
    arrivals: dict[str, dict[str, set[str]]] = {}
    for wire in graph.wires:
        yield from check_wire(wire, placed)
        arrivals.setdefault(wire.target, {}).setdefault(wire.target_port, set()).add(wire.id)
    for name, node in placed.items():
        yield from check_inputs(node, arrivals.get(name, {}))
