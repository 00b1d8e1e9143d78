"""The rules that need no component: names, limits, wires between nodes that exist. What breaks them cannot be kept."""

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.contract.messages import MAX_LINE_BYTES
from components.contract.nearest import advise
from components.contract.parameters import LARGEST_NUMBER, is_storable_text, shown
from factory.domain.graph.graph import Graph, GraphNode
from factory.domain.graph.problems import Code, Problem

MAX_NODES = 1000
MAX_WIRES = 4000
MAX_PARAMETERS = 64
MAX_PARAMETERS_BYTES = MAX_LINE_BYTES - 4096
"""Of one node's parameters as JSON; they travel in one control message, beside little else."""
MAX_NAME_CHARACTERS = 80
MAX_DESCRIPTION_CHARACTERS = 2000
MAX_ADVISED = 20
"""Unknown names that are compared with all known ones; the rest are reported without a guess."""
MAX_POSITION = 1_000_000

_NODE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_PORT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PARAMETER_NAME = _PORT_NAME
_COMPONENT = re.compile(r"[a-z][a-z0-9_]{0,39}@[0-9][0-9a-z.-]{0,38}")


def check_structure(graph: Graph) -> Iterator[Problem]:
    """Every problem that shows without knowing any component; takes time in proportion to the graph."""
    if is_too_large(graph):
        message = f"{len(graph.nodes)} nodes and {len(graph.wires)} wires are too many."
        yield Problem(Code.TOO_LARGE, "", "", message, f"Keep to {MAX_NODES} nodes and {MAX_WIRES} wires.")
        return
    yield from _check_texts(graph)
    if not graph.nodes:
        yield Problem(Code.EMPTY, "", "", "The pipeline has no nodes.", "Add a gateway, and a sink for what it brings.")
    for name, node in graph.nodes.items():
        yield from _check_node(name, node)
    yield from _check_wires(graph)
    yield from _check_layout(graph)


def is_too_large(graph: Graph) -> bool:
    """Whether it has more nodes or wires than a pipeline may have; then nothing else is worth looking at."""
    return max(len(graph.nodes), len(graph.layout)) > MAX_NODES or len(graph.wires) > MAX_WIRES


def _check_texts(graph: Graph) -> Iterator[Problem]:
    name = graph.name
    if not 0 < len(name) <= MAX_NAME_CHARACTERS or name != name.strip() or not name.isprintable():
        message = f"{shown(name)} cannot be the pipeline's name."
        yield Problem(Code.BAD_NAME, "", "", message, f"Give it 1 to {MAX_NAME_CHARACTERS} characters on one line.")
    if not is_storable_text(graph.description):
        message = "The description holds characters that cannot be stored."
        yield Problem(Code.BAD_NAME, "", "", message, "Remove them.")
    if len(graph.description) > MAX_DESCRIPTION_CHARACTERS:
        message = f"The description has {len(graph.description)} characters."
        yield Problem(Code.TOO_LARGE, "", "", message, f"Keep to {MAX_DESCRIPTION_CHARACTERS}.")


def _check_node(name: str, node: GraphNode) -> Iterator[Problem]:
    if not _NODE_NAME.fullmatch(name):
        remedy = "Use lowercase letters, digits, _ and -, a letter first, at most 32."
        yield Problem(Code.BAD_NAME, name, "", f"{shown(name)} cannot be a node's name.", remedy)
    if not _COMPONENT.fullmatch(node.component):
        message = f"{shown(node.component)} is not a component's reference."
        yield Problem(Code.UNKNOWN_COMPONENT, name, "", message, "Write name@version, such as overlay@1.0.0.")
    if len(node.parameters) > MAX_PARAMETERS:
        message = f"{len(node.parameters)} parameters are too many."
        yield Problem(Code.TOO_LARGE, name, "", message, f"Keep to {MAX_PARAMETERS}.")
    for parameter, value in itertools.islice(node.parameters.items(), MAX_PARAMETERS):
        if not _PARAMETER_NAME.fullmatch(parameter):
            message = f"{shown(parameter)} cannot be a parameter's name."
            yield Problem(Code.UNKNOWN_PARAMETER, name, "", message, "Remove it.", parameter=parameter)
            continue
        wrong = _problem_of_value(value)
        if wrong:
            yield Problem(Code.BAD_PARAMETER, name, "", f"{parameter} {wrong}.", "Change it.", parameter=parameter)
    yield from _check_size(name, node.parameters)


def _check_size(name: str, parameters: Mapping[str, Any]) -> Iterator[Problem]:
    size = parameters_bytes(parameters)
    if size > MAX_PARAMETERS_BYTES:
        message = f"The parameters are {size} bytes."
        yield Problem(Code.TOO_LARGE, name, "", message, f"Keep them under {MAX_PARAMETERS_BYTES}.")


def parameters_bytes(parameters: Mapping[str, Any]) -> int:
    """How much of a control message the parameters of one node take, as JSON in ASCII."""
    return len(json.dumps(dict(parameters), separators=(",", ":"), default=str))


def _problem_of_value(value: object) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return "" if is_storable_text(value) else "holds characters that cannot be stored"
    if isinstance(value, (int, float)):
        exact = math.isfinite(value) and abs(value) <= LARGEST_NUMBER
        return "" if exact else f"cannot be {shown(value)}, numbers end at {LARGEST_NUMBER}"
    return "must be text, a number, true or false"


def _check_wires(graph: Graph) -> Iterator[Problem]:
    seen: set[str] = set()
    unknown = 0
    for wire in graph.wires:
        for node, port, beside in (
            (wire.source, wire.source_port, wire.target),
            (wire.target, wire.target_port, wire.source),
        ):
            if node not in graph.nodes:
                unknown += 1
                message = f"A wire to or from {beside} names the node {shown(node)}, which does not exist."
                remedy = advise(node, graph.nodes) if unknown <= MAX_ADVISED else "Add it, or remove the wire."
                yield Problem(Code.UNKNOWN_NODE, node, port, message, remedy, wire=wire.id)
            elif not _PORT_NAME.fullmatch(port):
                message = f"{shown(port)} cannot be a port's name."
                yield Problem(Code.UNKNOWN_PORT, node, port, message, "Name a port of the component.")
        if wire.id in seen:
            message = f"{wire.id} is there twice."
            yield Problem(
                Code.DUPLICATE_WIRE, wire.target, wire.target_port, message, "Remove one of the two.", wire=wire.id
            )
        seen.add(wire.id)


def _check_layout(graph: Graph) -> Iterator[Problem]:
    for node, position in graph.layout.items():
        if node not in graph.nodes:
            message = f"The layout names the node {shown(node)}, which does not exist."
            yield Problem(Code.UNKNOWN_NODE, node, "", message, "Remove it from the layout.")
        elif not all(math.isfinite(place) and abs(place) <= MAX_POSITION for place in (position.x, position.y)):
            message = f"{node} stands at {position.x}, {position.y}, which is off every canvas."
            yield Problem(Code.BAD_NAME, node, "", message, f"Keep within {MAX_POSITION} pixels.")
