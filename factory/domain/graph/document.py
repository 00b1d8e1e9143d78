"""`pipeline.yaml` in and out: what was read and written again is the same, character by character."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from components.contract.nearest import advise
from components.contract.parameters import shown
from components.contract.strict_yaml import YamlDocument, YamlInvalid, read_yaml
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.graph.yaml_writer import Inline, write_yaml
from factory.foundation.errors import UserError

API_VERSION = 1
MAX_FILE_BYTES = 1024 * 1024
MAX_PROBLEMS = 100
"""That are told of one file; who mends these sees the rest."""

_WIRE = re.compile(r"\s*([^\s.>]{1,60})\.([^\s.>]{1,60})\s*->\s*([^\s.>]{1,60})\.([^\s.>]{1,60})\s*")
_KEYS = ("api_version", "name", "description", "nodes", "wires", "layout")


class FileProblem(NamedTuple):
    """One thing in a pipeline file that cannot be read; `line` counts from 1, 0 where unknown."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class PipelineFileInvalid(UserError):
    """A pipeline file cannot be read as one; `problems` has all that was found, by line."""

    id: ClassVar[str] = "graph:user:file-invalid"

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def parse(text: str) -> Graph:
    """Read a `pipeline.yaml`; whether the graph can run is for `validate` to say.

    Raises:
        PipelineFileInvalid: with every problem and its line.
    """
    try:
        return _read(read_yaml(text, max_bytes=MAX_FILE_BYTES))
    except YamlInvalid as error:
        raise PipelineFileInvalid([FileProblem(error.line, error.message)]) from None


def from_value(value: object) -> Graph:
    """Read the same document from plain values, such as JSON from the canvas.

    Raises:
        PipelineFileInvalid: with every problem.
    """
    return _read(YamlDocument(value, {}))


def dump(graph: Graph) -> str:
    """The `pipeline.yaml` of a graph: one canonical text, nodes and wires in their order, parameters by name."""
    value = to_value(graph)
    if "layout" in value:
        value["layout"] = {name: Inline(position) for name, position in value["layout"].items()}
    return write_yaml(value)


def to_value(graph: Graph) -> dict[str, Any]:
    """The document as plain values; what is empty is left out, but for the nodes."""
    value: dict[str, Any] = {"api_version": API_VERSION, "name": graph.name}
    if graph.description:
        value["description"] = graph.description
    value["nodes"] = {name: _node_value(node) for name, node in graph.nodes.items()}
    if graph.wires:
        value["wires"] = [
            f"{wire.source}.{wire.source_port} -> {wire.target}.{wire.target_port}" for wire in graph.wires
        ]
    placed = {name: graph.layout[name] for name in graph.nodes if name in graph.layout}
    if placed:
        value["layout"] = {name: {"x": _short(at.x), "y": _short(at.y)} for name, at in placed.items()}
    return value


def _node_value(node: GraphNode) -> dict[str, Any]:
    value: dict[str, Any] = {"component": node.component}
    if node.parameters:
        value["parameters"] = {key: node.parameters[key] for key in sorted(node.parameters)}
    return value


def _short(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _read(document: YamlDocument) -> Graph:
    reader = _Reader(document)
    graph = reader.graph()
    if reader.problems:
        raise PipelineFileInvalid(sorted(reader.problems))
    return graph


class _Reader:
    """Walks a document once and collects what is wrong with it."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self.problems: list[FileProblem] = []

    def graph(self) -> Graph:
        top = self._mapping((), self._document.value, _KEYS, "a pipeline")
        if top.get("api_version", API_VERSION) != API_VERSION:
            self._refuse(("api_version",), f"api_version is {shown(top['api_version'])}; this reads {API_VERSION}")
        for key in ("api_version", "name", "nodes"):
            if key not in top:
                self._refuse((), f"{key} is missing; add it")
        nodes = self._mapping(("nodes",), top.get("nodes"), None, "the nodes")
        return Graph(
            name=self._text(("name",), top.get("name")),
            description=self._text(("description",), top.get("description")),
            nodes={name: self._node(name, value) for name, value in nodes.items()},
            wires=tuple(self._wires(top.get("wires"))),
            layout=dict(self._positions(top.get("layout"))),
        )

    def _node(self, name: str, value: object) -> GraphNode:
        path = ("nodes", name)
        node = self._mapping(path, value, ("component", "parameters"), f"node {name}")
        if "component" not in node:
            self._refuse(path, f"node {name} names no component; add one, such as component: overlay@1.0.0")
        component = self._text((*path, "component"), node.get("component"))
        parameters = self._mapping((*path, "parameters"), node.get("parameters"), None, f"the parameters of {name}")
        for key, each in parameters.items():
            if not isinstance(each, str | bool | int | float):
                message = f"{name}.{key} is neither text, a number, true nor false; give one of these"
                self._refuse((*path, "parameters", key), message)
        return GraphNode(component, dict(parameters))

    def _wires(self, value: object) -> Iterator[GraphWire]:
        if value is None:
            return
        if not isinstance(value, list):
            self._refuse(("wires",), "wires is not a list; write one wire a line, such as - camera.video -> file.video")
            return
        for index, each in enumerate(value):
            match = _WIRE.fullmatch(each) if isinstance(each, str) else None
            if match is None:
                message = f"{shown(each)} is not a wire; write it as camera.video -> file.video"
                self._refuse(("wires", index), message)
            else:
                yield GraphWire(*match.groups())

    def _positions(self, value: object) -> Iterator[tuple[str, Position]]:
        for name, each in self._mapping(("layout",), value, None, "the layout").items():
            position = self._mapping(("layout", name), each, ("x", "y"), f"the position of {name}")
            places = [position.get(axis) for axis in ("x", "y")]
            x, y = (float(at) if isinstance(at, int | float) and not isinstance(at, bool) else None for at in places)
            if x is None or y is None:
                self._refuse(("layout", name), f"the position of {name} needs two numbers, such as {{x: 0, y: 0}}")
            else:
                yield name, Position(x, y)

    def _mapping(
        self, path: tuple[str | int, ...], value: object, known: tuple[str, ...] | None, what: str
    ) -> Mapping[str, Any]:
        if value is None and path:
            return {}
        if not isinstance(value, dict):
            self._refuse(path, f"{what} is not a mapping; write it as key: value")
            return {}
        for key in value:
            if known is not None and key not in known and len(self.problems) < MAX_PROBLEMS:
                self._refuse((*path, key), f"{what} has no key {shown(key)}; {advise(str(key), known)}")
        return value

    def _text(self, path: tuple[str | int, ...], value: object) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self._refuse(path, f"{shown(value)} is not text; put it in quotes")
            return ""
        return value

    def _refuse(self, path: tuple[str | int, ...], message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(FileProblem(self._document.line_of(path), message))
