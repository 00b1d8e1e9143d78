import dataclasses
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory.domain.accounts.models import Team
from factory.domain.accounts.services import create_team
from factory.domain.graph.document import PipelineFileInvalid, dump, parse
from factory.domain.graph.graph import Graph, GraphNode, GraphWire, Position, digest_of
from factory.domain.graph.problems import Code
from factory.domain.pipelines.models import Mode, Node, Pipeline, Version
from factory.domain.pipelines.selectors import draft_of, graph_of, newest_version
from factory.domain.pipelines.services import (
    DraftConflict,
    GraphRefused,
    NothingToPublish,
    PipelineExists,
    create_pipeline,
    export_yaml,
    freeze_version,
    import_yaml,
    publish,
    save_draft,
)


def test_a_new_pipeline_has_an_empty_draft_and_is_off(team: Team, now: datetime.datetime) -> None:
    pipeline = create_pipeline(team=team, name="Front door", now=now, description="Who is there?")

    assert (pipeline.slug, pipeline.mode, pipeline.published) == ("front-door", Mode.OFF, None)
    assert graph_of(draft_of(pipeline)) == Graph("Front door", {}, description="Who is there?")
    assert newest_version(pipeline) is None


def test_a_slug_is_taken_once_a_team(team: Team, now: datetime.datetime) -> None:
    create_pipeline(team=team, name="hello", now=now)
    other = create_team(slug="other", name="Other")

    create_pipeline(team=other, name="hello", now=now)
    with pytest.raises(PipelineExists, match="choose another"):
        create_pipeline(team=team, name="Hello", now=now)


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 81, "nul\0"])
def test_a_name_that_is_none_is_refused(team: Team, now: datetime.datetime, name: str) -> None:
    with pytest.raises(GraphRefused):
        create_pipeline(team=team, name=name, now=now)


def test_what_comes_in_as_text_goes_out_the_same(team: Team, now: datetime.datetime, hello: str) -> None:
    pipeline = import_yaml(team=team, text=hello, now=now)

    assert export_yaml(version=draft_of(pipeline)) == hello
    version = freeze_version(pipeline=pipeline, now=now)
    assert export_yaml(version=version) == hello
    assert version.spec_digest == digest_of(parse(hello))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15)
nodes = st.builds(
    GraphNode,
    st.sampled_from(["overlay@1.0.0", "ghost@9.9.9"]),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), texts | numbers | st.booleans()),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["zeta", "b-1", "a_2", "n"]), nodes), texts, st.data())
def test_any_graph_that_can_be_kept_is_kept_as_it_is(
    team: Team, now: datetime.datetime, placed: dict[str, GraphNode], description: str, data: st.DataObject
) -> None:
    pipeline = Pipeline.objects.filter(team=team).first() or create_pipeline(team=team, name="kept", now=now)
    wires: tuple[GraphWire, ...] = ()
    if placed:
        ends, ports = st.sampled_from(list(placed)), st.sampled_from(["video", "audio"])
        wires = tuple(data.draw(st.lists(st.builds(GraphWire, ends, ports, ends, ports), max_size=5, unique=True)))
    coordinates = st.floats(-1e6, 1e6)
    layout = {name: data.draw(st.builds(Position, coordinates, coordinates)) for name in list(placed)[:2]}
    graph = Graph("kept", placed, wires, description, layout)

    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now)

    kept = graph_of(draft_of(pipeline))
    assert kept == graph
    assert list(kept.nodes) == list(placed)
    assert digest_of(kept) == digest_of(graph) == draft_of(pipeline).spec_digest


def test_text_taken_in_again_replaces_the_draft(team: Team, now: datetime.datetime, hello: str) -> None:
    first = import_yaml(team=team, text=hello, now=now)
    second = import_yaml(team=team, text=hello.replace("Hello", "Good evening"), now=now)

    assert first.pk == second.pk
    assert second.revision == first.revision + 1
    assert graph_of(draft_of(first)).nodes["caption"].parameters["text"] == "Good evening"


def test_text_that_cannot_be_read_leaves_nothing(team: Team, now: datetime.datetime) -> None:
    with pytest.raises(PipelineFileInvalid):
        import_yaml(team=team, text="nodes: [", now=now)
    with pytest.raises(GraphRefused):
        import_yaml(team=team, text="api_version: 1\nname: a\nnodes: {}\nwires: [a.b -> c.d]\n", now=now)

    assert not Pipeline.objects.exists()


def test_nobody_overwrites_what_they_never_saw(team: Team, now: datetime.datetime, hello: str) -> None:
    pipeline = import_yaml(team=team, text=hello, now=now)
    seen, graph = pipeline.revision, parse(hello)
    of_alice = dataclasses.replace(graph, description="Alice was here.")
    of_bob = dataclasses.replace(graph, description="Bob was here.")

    assert save_draft(pipeline=pipeline, graph=of_alice, expected_revision=seen, now=now) == seen + 1
    with pytest.raises(DraftConflict, match="load it again"):
        save_draft(pipeline=pipeline, graph=of_bob, expected_revision=seen, now=now)

    assert graph_of(draft_of(Pipeline.objects.get())).description == "Alice was here."


def test_a_draft_may_be_unfinished_but_not_beyond_keeping(team: Team, now: datetime.datetime) -> None:
    pipeline = create_pipeline(team=team, name="draft", now=now)
    unfinished = Graph("draft", {"a": GraphNode("nothing@1.0.0", {"x": 1})})
    loose = Graph("draft", {"a": GraphNode("nothing@1.0.0")}, (GraphWire("a", "video", "b", "video"),))

    save_draft(pipeline=pipeline, graph=unfinished, expected_revision=pipeline.revision, now=now)
    with pytest.raises(GraphRefused) as caught:
        save_draft(pipeline=pipeline, graph=loose, expected_revision=pipeline.revision, now=now)

    assert [problem.code for problem in caught.value.problems] == [Code.UNKNOWN_NODE]
    assert graph_of(draft_of(pipeline)) == unfinished


def test_versions_are_numbered_from_one_and_leave_a_draft_as_it_was(
    team: Team, now: datetime.datetime, hello: str
) -> None:
    pipeline = import_yaml(team=team, text=hello, now=now)
    revision = pipeline.revision

    first = freeze_version(pipeline=pipeline, now=now, note="The first.")
    changed = parse(hello.replace("text: Hello", "text: Bye"))
    save_draft(pipeline=pipeline, graph=changed, expected_revision=revision, now=now)
    second = freeze_version(pipeline=pipeline, now=now + datetime.timedelta(days=1))

    assert (first.number, first.note, first.created_at) == (1, "The first.", now)
    assert second.number == 2
    assert newest_version(pipeline) == second
    assert graph_of(first) == dataclasses.replace(parse(hello))
    assert graph_of(second) == changed == graph_of(draft_of(pipeline))
    assert first.spec_digest != second.spec_digest


def test_what_cannot_run_is_not_frozen_and_every_reason_is_told(team: Team, now: datetime.datetime) -> None:
    pipeline = create_pipeline(team=team, name="broken", now=now)
    nodes = {"caption": GraphNode("overlay@1.0.0", {"opacity": 3}), "file": GraphNode("recorder@1.0.0")}
    save_draft(pipeline=pipeline, graph=Graph("broken", nodes), expected_revision=pipeline.revision, now=now)

    with pytest.raises(GraphRefused) as caught:
        freeze_version(pipeline=pipeline, now=now)

    found = {(problem.code, problem.node) for problem in caught.value.problems}
    assert found == {(Code.BAD_PARAMETER, "caption"), (Code.MISSING_INPUT, "caption"), (Code.UNCONNECTED, "file")}
    assert str(caught.value).count("\n") == 2
    assert newest_version(pipeline) is None


def test_an_empty_pipeline_is_kept_but_not_frozen(team: Team, now: datetime.datetime) -> None:
    pipeline = create_pipeline(team=team, name="empty", now=now)

    with pytest.raises(GraphRefused, match="no nodes"):
        freeze_version(pipeline=pipeline, now=now)


def test_only_a_numbered_version_is_published(team: Team, now: datetime.datetime, hello: str) -> None:
    pipeline = import_yaml(team=team, text=hello, now=now)

    with pytest.raises(NothingToPublish):
        publish(version=draft_of(pipeline))
    version = freeze_version(pipeline=pipeline, now=now)
    publish(version=version)

    assert Pipeline.objects.get().published == version


def wide_graph(length: int) -> Graph:
    placed = {f"n{i}": GraphNode("overlay@1.0.0", {"text": str(i)}) for i in range(length)}
    wires = tuple(GraphWire(f"n{i}", "video", f"n{i + 1}", "video") for i in range(length - 1))
    return Graph("wide", placed, wires, layout={name: Position(1, 2) for name in placed})


def test_a_large_graph_costs_few_queries(team: Team, now: datetime.datetime) -> None:
    pipeline = create_pipeline(team=team, name="wide", now=now)
    graph = wide_graph(1000)
    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now)

    with CaptureQueriesContext(connection) as saving:
        save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now)
    with CaptureQueriesContext(connection) as reading:
        assert graph_of(draft_of(pipeline)) == graph

    assert len(saving) < 60
    assert len(reading) <= 5
    assert Node.objects.count() == 1000
    assert dump(graph_of(Version.objects.select_related("pipeline").get())) == dump(graph)
