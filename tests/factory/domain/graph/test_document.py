import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.contract.parameters import LARGEST_NUMBER
from factory.domain.graph.document import (
    MAX_FILE_BYTES,
    MAX_PROBLEMS,
    PipelineFileInvalid,
    dump,
    from_value,
    parse,
    to_value,
)
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position, digest_of
from factory.domain.graph.structure import check_structure

EXAMPLES = sorted((Path(__file__).resolve().parents[4] / "examples").glob("*.yaml"))

letters = st.sampled_from(string.ascii_lowercase)
tails = st.text(string.ascii_lowercase + string.digits + "_", max_size=12)
port_names = st.builds(str.__add__, letters, tails)
node_names = st.builds(str.__add__, letters, st.text(string.ascii_lowercase + string.digits + "_-", max_size=20))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TRICKY = [
    "yes", "No", "null", "~", "1e5", "08", "0x1f", "0o7", "1_000", "12:30", "2026-11-22", "=", "<<", ".5", ".inf",
    "'", '"', "\\", "%", "@x", "&a", "*a", "!t", "|", ">", "[", "{", "]", "?", ":", "-", "...", "- a", "# no", " lead",
    "trail ", "a: b", "a #b", "\n", "a\n", "\na", " a\nb", "a\n\n b\n", "a\r\nb", "\t", "\u2028", "\x85", "\ufeff",
    "\x1b", "---",
]  # fmt: skip
tricky = st.sampled_from(TRICKY)
numbers = st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | st.floats(-1e15, 1e15)
values = texts | tricky | numbers | st.booleans()
positions = st.builds(Position, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
components = st.sampled_from(["camera@1.0.0", "effect@2.10.3", "file@1.0.0-beta.1"])
placed_nodes = st.builds(GraphNode, components, st.dictionaries(port_names, values, max_size=5))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes = draw(st.dictionaries(node_names, placed_nodes, max_size=6))
    wires: tuple[GraphWire, ...] = ()
    if nodes:
        ends = st.sampled_from(list(nodes))
        wires = tuple(draw(st.lists(st.builds(GraphWire, ends, port_names, ends, port_names), max_size=8, unique=True)))
    layout = {name: draw(positions) for name in nodes if draw(st.booleans())}
    name = draw((texts | tricky).filter(lambda text: text == text.strip() and text.isprintable() and text))
    return Graph(name, nodes, wires, draw(texts | tricky), layout)


@given(graphs())
def test_what_is_written_is_read_back_the_same(graph: Graph) -> None:
    text = dump(graph)
    again = parse(text)

    assert again == graph
    assert list(again.nodes) == list(graph.nodes)
    assert [type(v) for n in again.nodes.values() for _, v in sorted(n.parameters.items())] == [
        type(v) for n in graph.nodes.values() for _, v in sorted(n.parameters.items())
    ]
    assert dump(again) == text
    assert digest_of(again) == digest_of(graph)


@given(graphs())
def test_as_json_it_is_the_same_document(graph: Graph) -> None:
    assert from_value(json.loads(json.dumps(to_value(graph)))) == graph


@given(graphs())
def test_what_can_be_drawn_can_be_kept(graph: Graph) -> None:
    assert [problem for problem in check_structure(graph) if problem.code not in ("empty", "too_large")] == []


@given(st.text(max_size=200) | st.text("[]{}:,-&*!|>'\"#% \n\tab1", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        graph = parse(text)
    except PipelineFileInvalid:
        return
    assert parse(dump(graph)) == graph


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.stem))
def test_every_example_is_canonical_text(file: Path) -> None:
    text = file.read_text()

    assert dump(parse(text)) == text


def test_it_writes_one_line_a_fact() -> None:
    graph = Graph(
        "hello",
        {
            "camera": GraphNode("test_source@1.0.0", {"width": 640, "clock": True}),
            "caption": GraphNode("overlay@1.0.0", {"text": "one\ntwo", "opacity": 0.5, "clock": "yes"}),
        },
        (GraphWire("camera", "video", "caption", "video"),),
        "Says hello.",
        {"camera": Position(0, 1.5)},
    )

    assert dump(graph) == (
        "api_version: 1\n"
        "name: hello\n"
        "description: Says hello.\n"
        "nodes:\n"
        "  camera:\n"
        "    component: test_source@1.0.0\n"
        "    parameters:\n"
        "      clock: true\n"
        "      width: 640\n"
        "  caption:\n"
        "    component: overlay@1.0.0\n"
        "    parameters:\n"
        "      clock: 'yes'\n"
        "      opacity: 0.5\n"
        "      text: |-\n"
        "        one\n"
        "        two\n"
        "wires:\n"
        "  - camera.video -> caption.video\n"
        "layout:\n"
        "  camera: {x: 0, y: 1.5}\n"
    )


HEAD = "api_version: 1\nname: a\n"
REFUSED: list[tuple[str, str, int, str]] = [
    ("nothing", "", 0, "mapping"),
    ("a list", "- a\n", 1, "mapping"),
    ("not yaml", "api_version: 1\nname: [a\nnodes: {}\n", 3, "not YAML"),
    ("a key twice", f"{HEAD}name: b\nnodes: {{}}\n", 3, "twice"),
    ("a node twice", f"{HEAD}nodes:\n  n: {{component: a@1}}\n  n: {{component: b@1}}\n", 5, "twice"),
    ("an unknown key", f"{HEAD}node: {{}}\nnodes: {{}}\n", 3, "Did you mean nodes?"),
    ("no nodes", HEAD, 1, "nodes is missing"),
    ("another version", "api_version: 2\nname: a\nnodes: {}\n", 1, "api_version is 2"),
    ("a name that is no text", "api_version: 1\nname: 7\nnodes: {}\n", 2, "quotes"),
    ("a node without component", f"{HEAD}nodes:\n  n:\n    parameters: {{}}\n", 4, "names no component"),
    ("an unknown key of a node", f"{HEAD}nodes:\n  n: {{component: a@1, paramters: {{}}}}\n", 4, "parameters"),
    ("a list as parameter", f"{HEAD}nodes:\n  n:\n    component: a@1\n    parameters:\n      p: [1]\n", 7, "n.p"),
    ("wires that are no list", f"{HEAD}nodes: {{}}\nwires: {{a: b}}\n", 4, "not a list"),
    ("a wire that is none", f"{HEAD}nodes: {{}}\nwires:\n  - a.b -> c.d\n  - a.b c.d\n", 6, "is not a wire"),
    ("a position without y", f"{HEAD}nodes: {{}}\nlayout:\n  n: {{x: 1}}\n", 5, "two numbers"),
    ("an alias", "api_version: 1\nname: &a b\nnodes: {}\n", 2, "anchors"),
    ("a tag", "api_version: 1\nname: !!python/name:os.system x\nnodes: {}\n", 2, "tags"),
    ("two documents", f"{HEAD}nodes: {{}}\n---\na: 1\n", 4, "second document"),
    ("a bomb of brackets", "[" * 100_000, 1, "deeper"),
    ("an endless number", f"api_version: {'9' * 5000}\n", 1, "digits"),
    ("infinity", f"{HEAD}nodes: {{}}\nlayout: {{n: {{x: .inf, y: 0}}}}\n", 4, "not a number"),
    ("a number beyond bounds", f"{HEAD}nodes: {{}}\nlayout: {{n: {{x: 1e999, y: 0}}}}\n", 4, "too large"),
]


@pytest.mark.parametrize(("text", "line", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_it_refuses_with_the_line_and_the_reason(text: str, line: int, words: str) -> None:
    with pytest.raises(PipelineFileInvalid) as caught:
        parse(text)

    assert any(found.line == line and words in found.message for found in caught.value.problems), str(caught.value)


def test_all_that_is_wrong_shows_at_once_and_in_order() -> None:
    with pytest.raises(PipelineFileInvalid) as caught:
        parse("api_version: 1\nname: 1\nextra: 2\nnodes:\n  a: {}\nwires:\n  - nonsense\n")

    assert [problem.line for problem in caught.value.problems] == [2, 3, 5, 7]


def test_of_a_hopeless_file_the_first_hundred_problems_are_told() -> None:
    text = "api_version: 1\nname: a\nnodes: {}\n" + "".join(f"key{i}: 1\n" for i in range(50_000))

    with pytest.raises(PipelineFileInvalid) as caught:
        parse(text)

    assert len(caught.value.problems) == MAX_PROBLEMS


def test_a_file_over_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(PipelineFileInvalid, match="limit"):
        parse("#" * (MAX_FILE_BYTES + 1))


def test_a_mapping_may_stand_on_one_line() -> None:
    document: dict[str, Any] = {"component": "overlay@1.0.0", "parameters": {"text": "Hello"}}
    text = "api_version: 1\nname: hello\nnodes:\n  a: {component: overlay@1.0.0, parameters: {text: Hello}}\n"

    assert to_value(parse(text))["nodes"] == {"a": document}
