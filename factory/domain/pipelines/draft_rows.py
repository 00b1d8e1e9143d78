"""Makes the rows of a draft say what a graph says, and writes only those that differ: a save changes little."""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from factory.domain.graph.graph import Graph, GraphWire
from factory.domain.pipelines.models import Node, Version, Wire

_KEPT = ("component", "parameters", "x", "y", "position")
_BATCH = 500
"""Rows that one statement deletes; databases bound what a statement may name."""


@dataclasses.dataclass(frozen=True)
class _Drawn:
    """A wire as it is kept."""

    pk: int
    wire: GraphWire


def write_rows(draft: Version, graph: Graph) -> None:
    """Write nodes and wires of a graph that `check_structure` found nothing wrong with.

    Wires keep their order, which is the order of their rows.
    """
    drawn = _drawn_wires(draft)
    kept = _kept_wires([each.wire for each in drawn], graph.wires)
    stays = set(graph.wires[:kept])
    _delete(Wire, [each.pk for each in drawn if each.wire not in stays])
    keys = _write_nodes(draft, graph)
    Wire.objects.bulk_create(
        Wire(
            version=draft,
            source_id=keys[wire.source],
            source_port=wire.source_port,
            target_id=keys[wire.target],
            target_port=wire.target_port,
        )
        for wire in graph.wires[kept:]
    )


def _write_nodes(draft: Version, graph: Graph) -> dict[str, int]:
    """The key of each node's row, by name."""
    rows = {row["name"]: row for row in Node.objects.filter(version=draft).values("pk", "name", *_KEPT)}
    _delete(Node, [row["pk"] for name, row in rows.items() if name not in graph.nodes])
    written = [
        Node(version=draft, name=name, **wanted)
        for name, wanted in _wanted_nodes(graph)
        if name not in rows or not _is_same(rows[name], wanted)
    ]
    Node.objects.bulk_create(written, update_conflicts=True, unique_fields=["version", "name"], update_fields=_KEPT)
    return {name: row["pk"] for name, row in rows.items()} | {row.name: row.pk for row in written}


def _wanted_nodes(graph: Graph) -> Iterator[tuple[str, dict[str, Any]]]:
    for position, (name, node) in enumerate(graph.nodes.items()):
        at = graph.layout.get(name)
        yield (
            name,
            {
                "component": node.component,
                "parameters": dict(node.parameters),
                "x": at.x if at is not None else None,
                "y": at.y if at is not None else None,
                "position": position,
            },
        )


def _is_same(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether nothing has to be written; 1 and true are equal in Python and are not the same parameter."""
    if any(row[name] != wanted[name] for name in _KEPT):
        return False
    return all(type(value) is type(wanted["parameters"][key]) for key, value in row["parameters"].items())


def _drawn_wires(draft: Version) -> list[_Drawn]:
    ends = ("source__name", "source_port", "target__name", "target_port")
    rows = Wire.objects.filter(version=draft).order_by("pk").values_list("pk", *ends)
    return [_Drawn(row[0], GraphWire(*row[1:])) for row in rows]


def _kept_wires(drawn: Sequence[GraphWire], wanted: Sequence[GraphWire]) -> int:
    """How many of the wanted wires, from the first on, are there in this order; the others are drawn anew."""
    sought = set(wanted)
    there = [wire for wire in drawn if wire in sought]
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(there, wanted, strict=False))
    return sum(1 for _ in pairs)


def _delete(rows: type[Node] | type[Wire], keys: list[int]) -> None:
    for start in range(0, len(keys), _BATCH):
        rows.objects.filter(pk__in=keys[start : start + _BATCH]).delete()
