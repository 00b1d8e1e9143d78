from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position, digest_of, spec_of

CAMERA = GraphNode("camera@1.0.0", {"width": 640})
FILE = GraphNode("file@1.0.0")
WIRE = GraphWire("camera", "video", "file", "video")
GRAPH = Graph("hello", {"camera": CAMERA, "file": FILE}, (WIRE,), "", {"camera": Position(0, 0)})


def test_moving_a_box_or_renaming_the_pipeline_changes_nothing_that_runs() -> None:
    moved = Graph("other", {"file": FILE, "camera": CAMERA}, (WIRE,), "New.", {"camera": Position(9, 9)})

    assert moved != GRAPH
    assert spec_of(moved) == spec_of(GRAPH)
    assert digest_of(moved) == digest_of(GRAPH)


def test_a_parameter_or_a_wire_changes_what_runs() -> None:
    wider = Graph("hello", {"camera": GraphNode("camera@1.0.0", {"width": 1280}), "file": FILE}, (WIRE,))
    apart = Graph("hello", GRAPH.nodes)

    assert len({digest_of(GRAPH), digest_of(wider), digest_of(apart)}) == 3


def test_one_and_one_point_nought_are_the_same_number() -> None:
    one, point = (Graph("hello", {"a": GraphNode("a@1.0.0", {"level": level})}) for level in (1, 1.0))

    assert digest_of(one) == digest_of(point)


def test_a_wire_is_named_after_its_ends() -> None:
    assert WIRE.id == "camera.video->file.video"
