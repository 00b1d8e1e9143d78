"""A pipeline as nodes and wires, apart from where and how it is kept."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class GraphNode:
    """A placed component.

    Attributes:
        component: its reference, `overlay@1.0.0`.
        parameters: those that someone set; defaults are not filled in.
    """

    component: str
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, order=True)
class GraphWire:
    """A connection from an output port to an input port."""

    source: str
    source_port: str
    target: str
    target_port: str

    @property
    def id(self) -> str:
        """What it is called in a run: `camera.video->file.video`."""
        return f"{self.source}.{self.source_port}->{self.target}.{self.target_port}"


@dataclasses.dataclass(frozen=True)
class Position:
    """Where a node stands on the canvas, in pixels at full size."""

    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Graph:
    """A pipeline; nothing here says that it can run, see `validate`.

    Attributes:
        name: for people.
        nodes: by name, in the order in which people see them.
        layout: by node; what is not placed is missing. Moving a box changes nothing that runs.
    """

    name: str
    nodes: Mapping[str, GraphNode]
    wires: tuple[GraphWire, ...] = ()
    description: str = ""
    layout: Mapping[str, Position] = dataclasses.field(default_factory=dict)


def spec_of(graph: Graph) -> dict[str, Any]:
    """What makes a difference to a run, as plain values in a settled order: no name, description or layout."""
    nodes = {
        name: {
            "component": node.component,
            "parameters": {key: _exact(node.parameters[key]) for key in sorted(node.parameters)},
        }
        for name, node in sorted(graph.nodes.items())
    }
    return {"nodes": nodes, "wires": sorted(wire.id for wire in graph.wires)}


def digest_of(graph: Graph) -> str:
    """`sha256:<64 hex digits>` of the spec; equal where two graphs run alike."""
    text = json.dumps(spec_of(graph), separators=(",", ":"), sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _exact(value: Any) -> Any:
    """1.0 as 1: browsers and databases make no difference."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
