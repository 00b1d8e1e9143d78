"""What one graph has and another has not, in words that a person can decide by.

The browser has a twin of this, `builder_ui/src/graph/differences.ts`; both use the same words.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from factory.domain.graph.graph import Graph, GraphNode


@dataclasses.dataclass(frozen=True)
class Changed:
    """One parameter of a node, or its component where `parameter` is empty.

    Attributes:
        node: its name.
        component: its reference in the later graph.
        parameter: which, empty for the component itself.
        before, after: its values; None where the default is in force.
    """

    node: str
    component: str
    parameter: str
    before: Any
    after: Any


@dataclasses.dataclass(frozen=True)
class Differences:
    """What somebody did to a graph: names of nodes, ids of wires; each in the order of the graph that has it.

    Attributes:
        moved: boxes that stand elsewhere on the canvas, which changes nothing that runs.
        renamed: whether the pipeline's name or description differs.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    moved: tuple[str, ...]
    wires_added: tuple[str, ...]
    wires_removed: tuple[str, ...]
    renamed: bool

    @property
    def is_nothing(self) -> bool:
        """Whether there is no difference at all."""
        return not any(getattr(self, field.name) for field in dataclasses.fields(self))

    @property
    def runs_alike(self) -> bool:
        """Whether a run of the one is as a run of the other."""
        return not (self.added or self.removed or self.changed or self.wires_added or self.wires_removed)


def differences_of(before: Graph, after: Graph) -> Differences:
    """What leads from one graph to the other; takes time in proportion to both."""
    kept = [name for name in after.nodes if name in before.nodes]
    wires_before = dict.fromkeys(wire.id for wire in before.wires)
    wires_after = dict.fromkeys(wire.id for wire in after.wires)
    return Differences(
        added=tuple(name for name in after.nodes if name not in before.nodes),
        removed=tuple(name for name in before.nodes if name not in after.nodes),
        changed=tuple(each for name in kept for each in _changes_of(name, before.nodes[name], after.nodes[name])),
        moved=tuple(name for name in kept if before.layout.get(name) != after.layout.get(name)),
        wires_added=tuple(wire for wire in wires_after if wire not in wires_before),
        wires_removed=tuple(wire for wire in wires_before if wire not in wires_after),
        renamed=(before.name, before.description) != (after.name, after.description),
    )


def _changes_of(name: str, before: GraphNode, after: GraphNode) -> Iterator[Changed]:
    if before.component != after.component:
        yield Changed(name, after.component, "", before.component, after.component)
    for parameter in sorted(before.parameters.keys() | after.parameters.keys()):
        earlier, later = _kept(before.parameters, parameter), _kept(after.parameters, parameter)
        if earlier != later:
            yield Changed(
                name, after.component, parameter, before.parameters.get(parameter), after.parameters.get(parameter)
            )


def _kept(parameters: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    """As JSON keeps it apart: true is not 1 there, and 1.0 is."""
    value = parameters.get(name)
    return isinstance(value, bool), value
