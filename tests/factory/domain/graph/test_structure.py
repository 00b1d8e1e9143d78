import pytest

from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.graph.problems import Code
from factory.domain.graph.structure import MAX_ADVISED, MAX_DESCRIPTION_CHARACTERS, MAX_POSITION, check_structure

CAMERA = {"camera": GraphNode("camera@1.0.0")}


@pytest.mark.parametrize(
    ("graph", "code", "words"),
    [
        (Graph("a", CAMERA, description="\0"), Code.BAD_NAME, "description"),
        (Graph("a", CAMERA, description="\ud800"), Code.BAD_NAME, "description"),
        (Graph("a", CAMERA, description="x" * (MAX_DESCRIPTION_CHARACTERS + 1)), Code.TOO_LARGE, "description"),
        (Graph("two\nlines", CAMERA), Code.BAD_NAME, "name"),
        (Graph("a" * 81, CAMERA), Code.BAD_NAME, "80"),
        (Graph("a", {"a" * 33: GraphNode("camera@1.0.0")}), Code.BAD_NAME, "32"),
        (Graph("a", {"camera": GraphNode("Camera@1")}), Code.UNKNOWN_COMPONENT, "name@version"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {"A b": 1})}), Code.UNKNOWN_PARAMETER, "A b"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {"a": None})}), Code.BAD_PARAMETER, "text, a number"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {"a": [1]})}), Code.BAD_PARAMETER, "text, a number"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {"a": float("nan")})}), Code.BAD_PARAMETER, "numbers end"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {"a": 2**53})}), Code.BAD_PARAMETER, "numbers end"),
        (Graph("a", {"camera": GraphNode("camera@1.0.0", {f"a{i}": i for i in range(65)})}), Code.TOO_LARGE, "64"),
        (Graph("a", CAMERA, layout={"camera": Position(0, float("inf"))}), Code.BAD_NAME, "canvas"),
        (Graph("a", CAMERA, layout={"camera": Position(MAX_POSITION + 1, 0)}), Code.BAD_NAME, "canvas"),
        (Graph("a", CAMERA, (GraphWire("camera", "No", "camera", "b"),)), Code.UNKNOWN_PORT, "No"),
    ],
)
def test_what_cannot_be_kept_is_told(graph: Graph, code: Code, words: str) -> None:
    problems = list(check_structure(graph))

    assert [problem.code for problem in problems] == [code]
    assert words in str(problems[0])


def test_only_the_first_unknown_names_are_compared_with_all() -> None:
    wires = tuple(GraphWire("camera", "video", f"camer{i}", "video") for i in range(MAX_ADVISED + 5))

    remedies = [problem.remedy for problem in check_structure(Graph("a", CAMERA, wires))]

    assert remedies.count("Did you mean camera?") == MAX_ADVISED
    assert len(remedies) == MAX_ADVISED + 5


def test_a_problem_reads_as_a_sentence_with_its_place() -> None:
    wires = (GraphWire("camera", "video", "fiel", "video"),)
    nodes = {**CAMERA, "file": GraphNode("file@1.0.0")}

    told = [str(problem) for problem in check_structure(Graph("a", nodes, wires))]

    assert told == [
        'fiel.video: A wire to or from camera names the node "fiel", which does not exist. Did you mean file?'
    ]
