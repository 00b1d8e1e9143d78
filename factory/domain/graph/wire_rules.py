"""The rules of one wire: its ports exist, point the right way, carry the same type, and share a way to pass media."""

from collections.abc import Iterator, Mapping

from components.contract.nearest import advise
from components.contract.parameters import shown
from factory.domain.graph.formats import plan_wire
from factory.domain.graph.graph import GraphWire
from factory.domain.graph.node_rules import PlacedNode
from factory.domain.graph.problems import Code, Problem


def check_wire(wire: GraphWire, placed: Mapping[str, PlacedNode]) -> Iterator[Problem]:
    """What is wrong with a wire, as far as the components at its ends are known."""
    source, target = placed.get(wire.source), placed.get(wire.target)
    if source is not None and wire.source_port not in source.manifest.outputs:
        yield _refuse_port(source, wire.source_port, wire, outgoing=True)
        source = None
    if target is not None and wire.target_port not in target.manifest.inputs:
        yield _refuse_port(target, wire.target_port, wire, outgoing=False)
        target = None
    if source is None or target is None:
        return
    gives, takes = source.manifest.outputs[wire.source_port], target.manifest.inputs[wire.target_port]
    if gives.type is not takes.type:
        message = (
            f"{wire.source}.{wire.source_port} gives {gives.type}, {wire.target}.{wire.target_port} takes {takes.type}."
        )
        remedy = f"Connect {wire.target}.{wire.target_port} to an output that gives {takes.type}."
        yield Problem(Code.TYPE_MISMATCH, wire.target, wire.target_port, message, remedy, wire=wire.id)
        return
    offered, taken = gives.formats_for(source.parameters), takes.formats_for(target.parameters)
    if not plan_wire(offered, taken):
        message = f"No format can pass {wire.id}: offered {_listed(offered)}, taken {_listed(taken)}."
        remedy = "Change the parameters that decide the formats, or remove the wire."
        yield Problem(Code.NO_SHARED_FORMAT, wire.target, wire.target_port, message, remedy, wire=wire.id)


def _refuse_port(placed: PlacedNode, port: str, wire: GraphWire, *, outgoing: bool) -> Problem:
    manifest = placed.manifest
    right, wrong = (manifest.outputs, manifest.inputs) if outgoing else (manifest.inputs, manifest.outputs)
    if port in wrong:
        is_, does = ("an input", "begins") if outgoing else ("an output", "ends")
        message = f"{placed.name}.{port} is {is_}, and the wire {wire.id} {does} at it."
        return Problem(Code.WRONG_DIRECTION, placed.name, port, message, "Draw it the other way.", wire=wire.id)
    kind = "output" if outgoing else "input"
    message = f"{manifest.ref} has no {kind} {shown(port)}."
    return Problem(Code.UNKNOWN_PORT, placed.name, port, message, advise(port, right))


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(formats) or "nothing"
