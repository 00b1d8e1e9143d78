"""Plans before a run in which format media passes each wire: untouched where it can, encoded once where it must."""

import dataclasses
from collections.abc import Mapping

from components.contract.manifest import Manifest
from components.contract.media_types import MEDIA_TYPE, RAW, Format
from factory.domain.graph.graph import Graph

ENCODABLE = frozenset({Format.H264, Format.VP8, Format.OPUS})
"""What the sdk can encode from raw frames, and decode to them."""

Formats = tuple[Format, ...]


@dataclasses.dataclass(frozen=True)
class FormatPlan:
    """What may flow where, each in order of preference.

    Attributes:
        wires: by wire id.
        outputs, inputs: by (node, port); every port of every node, wired or not.
    """

    wires: Mapping[str, Formats]
    outputs: Mapping[tuple[str, str], Formats]
    inputs: Mapping[tuple[str, str], Formats]


def plan_wire(offers: Formats, takes: Formats) -> Formats:
    """The formats of one wire; empty where media could never pass.

    What both ends share, as the output prefers it. Else, from raw frames, the one format that the output's sdk
    encodes. Else what the output offers, and the input's sdk decodes (and encodes again if it must).
    """
    shared = tuple(fmt for fmt in offers if fmt in takes)
    if shared or not offers or not takes:
        return shared
    encodable = tuple(fmt for fmt in takes if fmt in ENCODABLE)
    raw = RAW.get(MEDIA_TYPE[offers[0]])
    if raw in offers:
        return encodable[:1]
    readable = raw in takes or bool(encodable)
    return tuple(fmt for fmt in offers if fmt in ENCODABLE) if readable else ()


def plan_formats(graph: Graph, manifests: Mapping[str, Manifest]) -> FormatPlan:
    """Plan a whole graph that `validate` found nothing wrong with.

    Raises:
        KeyError: the graph was not validated with these manifests.
    """
    outputs: dict[tuple[str, str], Formats] = {}
    inputs: dict[tuple[str, str], Formats] = {}
    for name, node in graph.nodes.items():
        manifest = manifests[node.component]
        parameters = manifest.with_defaults(node.parameters)
        outputs |= {(name, port): declared.formats_for(parameters) for port, declared in manifest.outputs.items()}
        inputs |= {(name, port): declared.formats_for(parameters) for port, declared in manifest.inputs.items()}
    wires: dict[str, Formats] = {}
    wanted: dict[tuple[str, str], dict[Format, int]] = {}
    for wire in graph.wires:
        source = (wire.source, wire.source_port)
        formats = plan_wire(outputs[source], inputs[wire.target, wire.target_port])
        wires[wire.id] = formats
        votes = wanted.setdefault(source, {})
        for fmt in formats:
            votes[fmt] = votes.get(fmt, 0) + 1
    for source, votes in wanted.items():
        outputs[source] = tuple(sorted(outputs[source], key=lambda fmt: -votes.get(fmt, 0)))
    return FormatPlan(wires, outputs, inputs)
