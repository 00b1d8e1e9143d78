import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from factory.domain.graph.differences import Changed, differences_of
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position, digest_of

WIRE = GraphWire("camera", "video", "file", "video")
BEFORE = Graph(
    name="Hello",
    nodes={"camera": GraphNode("test_source@1.0.0", {"width": 640}), "file": GraphNode("recorder@1.0.0")},
    wires=(WIRE,),
    layout={"camera": Position(0, 0)},
)


def test_a_graph_does_not_differ_from_itself() -> None:
    found = differences_of(BEFORE, BEFORE)

    assert found.is_nothing
    assert found.runs_alike


def test_it_tells_nodes_and_wires_that_came_and_went() -> None:
    nodes = {"camera": BEFORE.nodes["camera"], "lines": GraphNode("logger@1.0.0")}
    after = dataclasses.replace(BEFORE, nodes=nodes, wires=(GraphWire("camera", "video", "lines", "any"),))

    found = differences_of(BEFORE, after)

    assert (found.added, found.removed) == (("lines",), ("file",))
    assert found.wires_added == ("camera.video->lines.any",)
    assert found.wires_removed == (WIRE.id,)
    assert not found.runs_alike


def test_it_tells_each_parameter_with_both_values() -> None:
    camera = GraphNode("test_source@1.0.0", {"width": 1280, "tone": False})
    found = differences_of(BEFORE, dataclasses.replace(BEFORE, nodes={**BEFORE.nodes, "camera": camera}))

    assert found.changed == (
        Changed("camera", "test_source@1.0.0", "tone", None, False),
        Changed("camera", "test_source@1.0.0", "width", 640, 1280),
    )


def test_another_version_of_a_component_is_a_change_without_a_parameter() -> None:
    file = GraphNode("recorder@2.0.0")
    found = differences_of(BEFORE, dataclasses.replace(BEFORE, nodes={**BEFORE.nodes, "file": file}))

    assert found.changed == (Changed("file", "recorder@2.0.0", "", "recorder@1.0.0", "recorder@2.0.0"),)


def test_a_moved_box_stands_apart_since_it_runs_alike() -> None:
    after = dataclasses.replace(BEFORE, layout={"camera": Position(5, 0), "file": Position(9, 9)})
    found = differences_of(BEFORE, after)

    assert found.moved == ("camera", "file")
    assert found.runs_alike
    assert not found.is_nothing


def test_a_new_name_or_description_is_told() -> None:
    assert differences_of(BEFORE, dataclasses.replace(BEFORE, name="Bye")).renamed
    assert differences_of(BEFORE, dataclasses.replace(BEFORE, description="All of it")).renamed


def test_true_is_not_one_and_one_point_zero_is() -> None:
    def with_width(value: object) -> Graph:
        return dataclasses.replace(BEFORE, nodes={"camera": GraphNode("test_source@1.0.0", {"width": value})})

    assert differences_of(with_width(1), with_width(1.0)).is_nothing
    assert not differences_of(with_width(1), with_width(True)).is_nothing


NAMES = st.sampled_from(["a", "b", "c"])
NODES = st.builds(GraphNode, NAMES, st.dictionaries(NAMES, st.sampled_from([0, 1, 1.0, 2.5, True, False, "1"])))
WIRES = st.lists(st.builds(GraphWire, NAMES, NAMES, NAMES, NAMES), unique=True).map(tuple)
GRAPHS = st.builds(Graph, name=st.just("Hello"), nodes=st.dictionaries(NAMES, NODES), wires=WIRES)


@given(GRAPHS, GRAPHS)
def test_two_graphs_run_alike_where_their_digests_say_so(one: Graph, other: Graph) -> None:
    assert differences_of(one, other).runs_alike == (digest_of(one) == digest_of(other))


@given(GRAPHS, GRAPHS)
def test_the_way_back_has_the_same_differences_turned_round(one: Graph, other: Graph) -> None:
    there, back = differences_of(one, other), differences_of(other, one)

    assert set(there.added) == set(back.removed)
    assert set(there.wires_added) == set(back.wires_removed)
    assert {(each.node, each.parameter) for each in there.changed} == {
        (each.node, each.parameter) for each in back.changed
    }
