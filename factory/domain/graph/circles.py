"""Finds the wires that close circles, and says for each which nodes the circle goes through."""

import itertools
from collections.abc import Iterator

from factory.domain.graph.graph import Graph, GraphWire
from factory.domain.graph.problems import Code, Problem

MAX_CIRCLES = 100
"""Circles that are told; more are left out."""


def check_circles(graph: Graph) -> Iterator[Problem]:
    """One problem for each wire that closes a circle, at most `MAX_CIRCLES`; without those wires there is none left."""
    for wire, way in itertools.islice(closing_wires(graph), MAX_CIRCLES):
        message = f"Media would go round in a circle: {' -> '.join([*way, wire.target])}."
        yield Problem(Code.CIRCLE, wire.target, wire.target_port, message, f"Remove the wire {wire.id}.", wire=wire.id)


def closing_wires(graph: Graph) -> Iterator[tuple[GraphWire, list[str]]]:
    """Each wire that leads back, and the nodes from its target to its source.

    Walks depth first, nodes and wires in their order, without recursion; linear but for the ways that it tells.
    """
    onward: dict[str, list[GraphWire]] = {name: [] for name in graph.nodes}
    for drawn in graph.wires:
        if drawn.source in onward and drawn.target in onward:
            onward[drawn.source].append(drawn)
    done: set[str] = set()
    for start in graph.nodes:
        if start in done:
            continue
        way, places, ahead = [start], {start: 0}, [iter(onward[start])]
        while ahead:
            wire = next(ahead[-1], None)
            if wire is None:
                ahead.pop()
                done.add(way[-1])
                del places[way.pop()]
            elif wire.target in places:
                yield wire, way[places[wire.target] :]
            elif wire.target not in done:
                places[wire.target] = len(way)
                way.append(wire.target)
                ahead.append(iter(onward[wire.target]))
