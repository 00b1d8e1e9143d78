"""The rules of one node: its component, its parameters, and what must be connected to it."""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Set
from typing import Any

from components.contract.manifest import Kind, Manifest
from components.contract.nearest import advise, advise_reference
from components.contract.parameters import Parameter, Refusal, shown
from factory.domain.graph.graph import Graph, GraphNode
from factory.domain.graph.problems import Code, Problem
from factory.domain.graph.secret_rules import refuse_value
from factory.domain.graph.structure import MAX_ADVISED, MAX_PARAMETERS, MAX_PARAMETERS_BYTES, parameters_bytes


@dataclasses.dataclass(frozen=True)
class PlacedNode:
    """A node whose component is known; `parameters` has the defaults filled in."""

    name: str
    manifest: Manifest
    parameters: Mapping[str, Any]


def place_nodes(graph: Graph, manifests: Mapping[str, Manifest]) -> dict[str, PlacedNode]:
    """The nodes whose component is known, by name."""
    return {
        name: PlacedNode(name, manifests[node.component], manifests[node.component].with_defaults(node.parameters))
        for name, node in graph.nodes.items()
        if node.component in manifests
    }


def check_components(graph: Graph, manifests: Mapping[str, Manifest]) -> Iterator[Problem]:
    """Nodes whose component is not there; the first few unknown references are compared with all that exist."""
    advice: dict[str, str] = {}
    for name, node in graph.nodes.items():
        ref = node.component
        if ref in manifests:
            continue
        if ref not in advice:
            advice[ref] = advise_reference(ref, manifests) if len(advice) < MAX_ADVISED else "Choose one that there is."
        yield Problem(Code.UNKNOWN_COMPONENT, name, "", f"There is no component {shown(ref)}.", advice[ref])


def check_parameters(node: GraphNode, placed: PlacedNode) -> Iterator[Problem]:
    """Parameters that the component does not have, cannot take, or misses, and too much of them."""
    manifest = placed.manifest
    unknown = 0
    for name, value in itertools.islice(node.parameters.items(), MAX_PARAMETERS):
        declared = manifest.parameters.get(name)
        if declared is None:
            unknown += 1
            message = f"{manifest.ref} has no parameter {shown(name)}."
            remedy = advise(name, manifest.parameters) if unknown <= MAX_ADVISED else "Remove it."
            yield Problem(Code.UNKNOWN_PARAMETER, placed.name, "", message, remedy, parameter=name)
        elif (refusal := _refuse(declared, value)) is not None:
            message, remedy = f"{name}: {refusal.message}.", f"For {name} {refusal.remedy}."
            yield Problem(Code.BAD_PARAMETER, placed.name, "", message, remedy, parameter=name)
    for name in manifest.missing_parameters(node.parameters):
        message = f"{name} has no value and no default."
        yield Problem(Code.BAD_PARAMETER, placed.name, "", message, f"Give {name} a value.", parameter=name)
    size = parameters_bytes(placed.parameters)
    if size > MAX_PARAMETERS_BYTES:
        message = f"The parameters are {size} bytes, defaults included."
        yield Problem(Code.TOO_LARGE, placed.name, "", message, f"Keep them under {MAX_PARAMETERS_BYTES}.")


def _refuse(declared: Parameter, value: object) -> Refusal | None:
    # What a component asks of a secret holds for its value, which nobody knows before it is handed over.
    return refuse_value(declared, value) if declared.secret else declared.problem_of(value)


def check_inputs(placed: PlacedNode, arrivals: Mapping[str, Set[str]]) -> Iterator[Problem]:
    """Inputs with too many wires or too few; `arrivals` has the ids of the wires that end at each input."""
    manifest = placed.manifest
    opened = {
        name: port for name, port in manifest.inputs.items() if port.formats_for(placed.parameters) or name in arrivals
    }
    for name, port in opened.items():
        wires = arrivals.get(name, frozenset())
        if len(wires) > 1 and not port.multiple:
            message = (
                f"{len(wires)} wires end at {placed.name}.{name}, which takes one: {', '.join(sorted(wires)[:4])}."
            )
            yield Problem(Code.OCCUPIED_INPUT, placed.name, name, message, "Keep one of them.")
        if port.required and not wires:
            message = f"Nothing is connected to {placed.name}.{name}."
            remedy = f"Draw a wire to it from an output that gives {port.type}."
            yield Problem(Code.MISSING_INPUT, placed.name, name, message, remedy)
    both_ways = manifest.kind is Kind.GATEWAY and manifest.outputs
    if opened and not both_ways and not arrivals and not any(port.required for port in opened.values()):
        message = f"Nothing is connected to {placed.name}."
        remedy = f"It needs at least one wire; draw one to {' or '.join(opened)}."
        yield Problem(Code.UNCONNECTED, placed.name, "", message, remedy)
