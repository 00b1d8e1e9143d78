import dataclasses
import datetime
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factory.domain.accounts.models import Team
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position
from factory.domain.pipelines.models import Node, Pipeline, Wire
from factory.domain.pipelines.selectors import read_draft
from factory.domain.pipelines.services import create_pipeline, freeze_version, save_draft

SOURCES, FILES = ("camera", "film"), ("file", "copy", "archive")
WIRES = tuple(
    GraphWire(source, port, file, port) for source in SOURCES for file in FILES for port in ("video", "audio")
)


@pytest.fixture
def pipeline(team: Team, now: datetime.datetime) -> Pipeline:
    return create_pipeline(team=team, name="Hello", now=now)


def drawn(seed: int) -> Graph:
    """Some nodes in some order, with some parameters, places and wires."""
    chance = random.Random(seed)
    sources, files = chance.sample(SOURCES, chance.randint(1, 2)), chance.sample(FILES, chance.randint(1, 3))
    names = chance.sample([*sources, *files], len(sources) + len(files))
    nodes = {
        name: GraphNode("test_source@1.0.0", {"width": chance.choice([640, 1280])})
        if name in SOURCES
        else GraphNode("recorder@1.0.0", {"marked": chance.choice([True, 1, "1"])} if chance.random() < 0.5 else {})
        for name in names
    }
    wires = [wire for wire in WIRES if wire.source in nodes and wire.target in nodes and chance.random() < 0.6]
    chance.shuffle(wires)
    layout = {name: Position(chance.randint(0, 3), 0) for name in names if chance.random() < 0.7}
    return Graph("Hello", nodes, tuple(wires), layout=layout)


def save(pipeline: Pipeline, graph: Graph, now: datetime.datetime) -> None:
    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now)


def as_kept(graph: Graph) -> tuple[object, ...]:
    parameters = [
        [(key, type(value), value) for key, value in node.parameters.items()] for node in graph.nodes.values()
    ]
    return list(graph.nodes), [node.component for node in graph.nodes.values()], parameters, graph.wires, graph.layout


@pytest.mark.parametrize("seed", range(12))
def test_whatever_was_there_the_draft_becomes_what_is_saved(
    seed: int, pipeline: Pipeline, now: datetime.datetime
) -> None:
    for step in range(4):
        graph = drawn(seed * 100 + step)
        save(pipeline, graph, now)

        assert as_kept(read_draft(pipeline=pipeline)) == as_kept(graph)


def test_what_stays_as_it_is_is_not_written_again(pipeline: Pipeline, now: datetime.datetime) -> None:
    graph = drawn(5)
    save(pipeline, graph, now)
    nodes, wires = set(Node.objects.values_list("pk", flat=True)), set(Wire.objects.values_list("pk", flat=True))
    name = next(iter(graph.nodes))
    moved = dataclasses.replace(graph, layout={**graph.layout, name: Position(77, 7)})

    with CaptureQueriesContext(
        connection,
    ) as queries:
        save(pipeline, moved, now)

    assert set(Node.objects.values_list("pk", flat=True)) == nodes
    assert set(Wire.objects.values_list("pk", flat=True)) == wires
    inserted = [query["sql"] for query in queries if "INSERT" in query["sql"]]
    assert len(inserted) == 1
    assert "pipelines_node" in inserted[0]


def test_the_number_of_queries_does_not_grow_with_the_graph(pipeline: Pipeline, now: datetime.datetime) -> None:
    counts = []
    for size in (3, 60):
        nodes = {f"camera_{number}": GraphNode("test_source@1.0.0") for number in range(size)}
        save(pipeline, Graph("Hello", nodes), now)
        with CaptureQueriesContext(connection) as queries:
            changed = {name: GraphNode("test_source@1.0.0", {"width": 320}) for name in nodes}
            save(pipeline, Graph("Hello", changed), now)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_version_that_was_made_meanwhile_keeps_its_rows(pipeline: Pipeline, now: datetime.datetime) -> None:
    graph = Graph("Hello", {"camera": GraphNode("test_source@1.0.0"), "file": GraphNode("recorder@1.0.0")}, WIRES[:2])
    save(pipeline, graph, now)
    version = freeze_version(pipeline=pipeline, now=now)
    rows = list(Node.objects.filter(version=version).order_by("pk").values())

    save(pipeline, Graph("Hello", {"film": GraphNode("test_source@1.0.0")}), now)

    assert list(Node.objects.filter(version=version).order_by("pk").values()) == rows
    assert Wire.objects.filter(version=version).count() == 2
