import concurrent.futures
import datetime

import pytest
from django.db import connections

from factory.domain.accounts.models import Team, User
from factory.domain.graph.document import PipelineFileInvalid
from factory.domain.graph.graph import Graph
from factory.domain.pipelines import new_pipelines, selectors
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.new_pipelines import copy_pipeline, create_from_text, free_name
from factory.domain.pipelines.selectors import draft_of, graph_of, search_pipelines
from factory.domain.pipelines.services import GraphRefused, PipelineExists, create_pipeline, freeze_version, save_draft


def test_a_file_taken_in_twice_makes_two(team: Team, hello: str, now: datetime.datetime) -> None:
    first = create_from_text(team=team, text=hello, now=now)
    second = create_from_text(team=team, text=hello, now=now)

    assert (first.slug, second.slug, second.name) == ("hello", "hello-2", "hello 2")
    assert graph_of(draft_of(first)).nodes == graph_of(draft_of(second)).nodes


def test_a_file_can_be_given_another_name(team: Team, hello: str, now: datetime.datetime) -> None:
    assert create_from_text(team=team, text=hello, now=now, name="Front door").slug == "front-door"


@pytest.mark.parametrize("text", ["", "nodes: [", "api_version: 1\nname: x\nnodes: 7"])
def test_a_file_that_cannot_be_read_makes_nothing(team: Team, now: datetime.datetime, text: str) -> None:
    with pytest.raises(PipelineFileInvalid):
        create_from_text(team=team, text=text, now=now)

    assert not Pipeline.objects.exists()


def test_a_graph_that_cannot_be_kept_makes_nothing(team: Team, now: datetime.datetime) -> None:
    text = "api_version: 1\nname: x\nnodes: {a: {component: overlay@1.0.0}}\nwires: [a.video -> gone.video]\n"
    with pytest.raises((GraphRefused, PipelineFileInvalid)):
        create_from_text(team=team, text=text, now=now)

    assert not Pipeline.objects.exists()


def test_a_copy_has_the_draft_and_nothing_else(team: Team, hello: str, now: datetime.datetime) -> None:
    alice = User.objects.create_user("alice")
    original = create_from_text(team=team, text=hello, now=now)
    freeze_version(pipeline=original, now=now)

    copy = copy_pipeline(pipeline=original, now=now, by=alice, name="Another")

    assert (copy.name, copy.slug, copy.saved_by, copy.published) == ("Another", "another", alice, None)
    assert graph_of(draft_of(copy)).layout == graph_of(draft_of(original)).layout
    assert copy.versions.count() == 1
    assert set(copy.endpoints.values_list("pk")) & set(original.endpoints.values_list("pk")) == set()


def test_a_copy_under_a_taken_name_is_refused(team: Team, hello: str, now: datetime.datetime) -> None:
    original = create_from_text(team=team, text=hello, now=now)

    with pytest.raises(PipelineExists):
        copy_pipeline(pipeline=original, now=now, name="hello")
    assert Pipeline.objects.count() == 1


def test_a_free_name_is_within_the_limit_and_free(team: Team, now: datetime.datetime) -> None:
    long = "n" * 80
    create_pipeline(team=team, name=long, now=now)
    create_pipeline(team=team, name=free_name(team=team, name=long), now=now)
    third = free_name(team=team, name=long)

    assert len(third) == 80
    assert third.endswith(" 3")


def test_what_is_archived_takes_no_name(team: Team, now: datetime.datetime) -> None:
    create_pipeline(team=team, name="hello", now=now)
    Pipeline.objects.update(archived_at=now)

    assert free_name(team=team, name="hello") == "hello"


def test_search_counts_the_nodes_of_the_draft_alone(team: Team, hello: str, now: datetime.datetime) -> None:
    pipeline = create_from_text(team=team, text=hello, now=now)
    freeze_version(pipeline=pipeline, now=now)
    create_pipeline(team=team, name="blank", now=now + datetime.timedelta(seconds=1))

    found = {each.name: getattr(each, "nodes", None) for each in search_pipelines(team=team)}
    assert found == {"blank": 0, "hello": 3}
    assert [each.name for each in search_pipelines(team=team, sought="CAPTION")] == ["hello"]


def test_search_looks_at_no_version_but_the_draft(team: Team) -> None:
    # Joined to all of them, as it once was, the list got slower with each run of a changed draft.
    assert 'LEFT OUTER JOIN "pipelines_version"' not in str(search_pipelines(team=team).query)


def test_a_copy_is_of_one_revision_however_it_is_saved_meanwhile(
    team: Team, hello: str, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = create_from_text(team=team, text=hello, now=now)
    reads: list[Graph] = []

    def read(version: Version) -> Graph:
        graph = graph_of(version)
        reads.append(graph)
        if len(reads) == 1:
            other = Pipeline.objects.get(pk=original.pk)
            emptied = Graph(name="hello", nodes={})
            save_draft(pipeline=other, graph=emptied, expected_revision=other.revision, now=now)
        return graph

    monkeypatch.setattr(selectors, "graph_of", read)

    assert graph_of(draft_of(copy_pipeline(pipeline=original, now=now))).nodes == {}
    assert len(reads) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_one_file_in_at_the_same_moment_each_gets_a_pipeline(
    team: Team, hello: str, now: datetime.datetime
) -> None:
    def take(_number: int) -> str:
        try:
            return create_from_text(team=team, text=hello, now=now).slug
        finally:
            connections.close_all()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        slugs = set(pool.map(take, range(4)))

    assert slugs == {"hello", "hello-2", "hello-3", "hello-4"}


def test_a_name_that_others_always_take_first_is_given_up(
    team: Team, hello: str, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_from_text(team=team, text=hello, now=now)
    monkeypatch.setattr(new_pipelines, "free_name", lambda *, team, name: name)

    with pytest.raises(PipelineExists):
        create_from_text(team=team, text=hello, now=now)
    assert Pipeline.objects.count() == 1
