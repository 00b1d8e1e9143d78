import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from components.contract.manifest import Manifest, load_manifest
from components.contract.nearest import advise, advise_reference
from components.contract.parameters import Parameter
from factory.domain.graph.document import from_value, parse
from factory.domain.graph.graph import Graph, GraphNode, GraphWire
from factory.domain.graph.problems import Code
from factory.domain.graph.structure import MAX_NODES, MAX_PARAMETERS_BYTES, MAX_WIRES
from factory.domain.graph.validate import validate

ROOT = Path(__file__).resolve().parents[4]
TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "cases.json").read_text())
MANIFESTS = {ref: Manifest.from_document(document) for ref, document in TABLE["manifests"].items()}
CASES: list[dict[str, Any]] = TABLE["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_it_finds_what_the_table_says_and_nothing_else(case: dict[str, Any]) -> None:
    secrets = frozenset(case["secrets"]) if "secrets" in case else None
    problems = validate(from_value(case["graph"]), MANIFESTS, secrets=secrets)

    assert sorted([problem.code.value, problem.node, problem.port] for problem in problems) == sorted(case["expected"])
    assert [str(problem) for problem in problems] == case.get("says", [])
    for problem, words in zip(problems, case.get("mentions", []), strict=False):
        assert [word for word in words if word not in str(problem)] == []
    for problem in problems:
        assert problem.message.endswith(".")
        assert problem.remedy.endswith((".", "?"))


def test_the_table_has_a_case_for_every_rule_and_each_case_once() -> None:
    tried = {code for case in CASES for code, _node, _port in case["expected"]}

    assert tried == {code.value for code in Code} - {Code.TOO_LARGE.value}
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_the_manifests_of_the_table_are_as_the_browser_gets_them() -> None:
    for ref, document in TABLE["manifests"].items():
        assert json.loads(MANIFESTS[ref].model_dump_json()) == document
        assert MANIFESTS[ref].ref == ref


@pytest.mark.parametrize(("fields", "value", "refusal"), TABLE["values"])
def test_it_says_of_a_value_what_the_table_says(fields: dict[str, Any], value: object, refusal: list[str]) -> None:
    problem = Parameter.of(title="case", **fields).problem_of(value)

    assert (None if problem is None else list(problem)) == refusal


def test_it_advises_what_the_table_advises() -> None:
    assert [[name, known, advise(name, known)] for name, known, _ in TABLE["advice"]] == TABLE["advice"]
    references = [[name, known, advise_reference(name, known)] for name, known, _ in TABLE["references"]]
    assert references == TABLE["references"]


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda file: str(file.stem))
def test_every_example_can_run(file: Path) -> None:
    shelves = (ROOT / "components").glob("*s/*/component.yaml")
    manifests = {manifest.ref: manifest for manifest in (load_manifest(found.parent) for found in shelves)}

    assert validate(parse(file.read_text()), manifests) == []


def chain(length: int) -> Graph:
    nodes = {"camera": GraphNode("camera@1.0.0")} | {f"n{i}": GraphNode("effect@1.0.0") for i in range(length)}
    names = list(nodes)
    wires = tuple(GraphWire(a, "video", b, "video") for a, b in itertools.pairwise(names))
    return Graph("chain", nodes, wires)


def test_a_pipeline_as_long_as_can_be_is_still_looked_through() -> None:
    graph = chain(MAX_NODES - 1)

    assert validate(graph, MANIFESTS) == []

    back = Graph("ring", graph.nodes, (*graph.wires, GraphWire(f"n{MAX_NODES - 2}", "video", "n0", "video")))
    assert {problem.code for problem in validate(back, MANIFESTS)} == {Code.CIRCLE, Code.OCCUPIED_INPUT}


def test_a_pipeline_with_too_many_nodes_says_so_and_nothing_else() -> None:
    problems = validate(chain(MAX_NODES), MANIFESTS)

    assert [problem.code for problem in problems] == [Code.TOO_LARGE]
    assert str(MAX_NODES) in problems[0].remedy


def test_a_pipeline_with_too_many_wires_says_so_and_nothing_else() -> None:
    wires = tuple(GraphWire("camera", "video", f"n{i}", "video") for i in range(MAX_WIRES + 1))

    problems = validate(Graph("wide", {"camera": GraphNode("camera@1.0.0")}, wires), MANIFESTS)

    assert [problem.code for problem in problems] == [Code.TOO_LARGE]


def test_parameters_that_no_control_message_could_carry_are_too_large() -> None:
    nodes = {"camera": GraphNode("camera@1.0.0", {"label": "ä" * (MAX_PARAMETERS_BYTES // 6 + 1)})}

    problems = validate(Graph("heavy", nodes), MANIFESTS)

    assert {problem.code for problem in problems} == {Code.TOO_LARGE, Code.BAD_PARAMETER}


def test_a_hopeless_graph_ends_in_a_list_of_problems_too() -> None:
    chance = random.Random(7)
    names = [f"n{i}" for i in range(MAX_NODES)]
    nodes = {name: GraphNode(f"missing{i}@1.0.0", {"x": None}) for i, name in enumerate(names)}
    wires = tuple(GraphWire(f"m{chance.choice(names)}", "a", f"m{chance.choice(names)}", "b") for _ in range(MAX_WIRES))

    problems = validate(Graph("hopeless", nodes, wires), MANIFESTS)

    assert len([problem for problem in problems if problem.code is Code.UNKNOWN_COMPONENT]) == MAX_NODES


def test_without_the_wires_that_it_names_no_circle_is_left() -> None:
    chance = random.Random(11)
    names = [f"n{i}" for i in range(12)]
    for _ in range(200):
        wires = tuple(
            {
                GraphWire(chance.choice(names), "video", chance.choice(names), "layers")
                for _ in range(chance.randrange(30))
            }
        )
        graph = Graph("knots", {name: GraphNode("mixer@1.0.0") for name in names}, wires)
        closing = {problem.wire for problem in validate(graph, MANIFESTS) if problem.code is Code.CIRCLE}
        rest = Graph("rest", graph.nodes, tuple(wire for wire in wires if wire.id not in closing))
        again = [problem for problem in validate(rest, MANIFESTS) if problem.code is Code.CIRCLE]
        assert again == []
        assert bool(closing) == _has_circle(wires, names)


def _has_circle(wires: tuple[GraphWire, ...], names: list[str]) -> bool:
    """The slow and plain way: take away whoever has nothing before it until nothing moves."""
    left = set(names)
    while free := {n for n in left if not any(w.target == n and w.source in left for w in wires)}:
        left -= free
    return bool(left)
