import datetime

import pytest

from factory.domain.accounts.models import Team
from factory.domain.graph.document import parse
from factory.domain.graph.graph import Graph, GraphNode
from factory.domain.pipelines import services
from factory.domain.pipelines.models import Endpoint, Pipeline
from factory.domain.pipelines.selectors import endpoints_of
from factory.domain.pipelines.services import DraftConflict, create_pipeline, freeze_version, save_draft
from tests.factory.domain.pipelines.conftest import ROOT

MOST = 5


@pytest.fixture
def pipeline(team: Team, now: datetime.datetime) -> Pipeline:
    return create_pipeline(team=team, name="cameras", now=now)


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_RESTING_ENDPOINTS", MOST)


def with_camera(name: str) -> Graph:
    return Graph(name="cameras", nodes={name: GraphNode("whip_in@1.0.0", {})})


def save(pipeline: Pipeline, graph: Graph, second: int, now: datetime.datetime) -> None:
    later = now + datetime.timedelta(seconds=second)
    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=later)


def test_who_renames_without_end_leaves_so_many_endpoints_and_the_newest(
    pipeline: Pipeline, now: datetime.datetime
) -> None:
    for number in range(3 * MOST):
        save(pipeline, with_camera(f"camera{number}"), number, now)

    kept = set(Endpoint.objects.values_list("node", flat=True))
    assert kept == {f"camera{number}" for number in range(3 * MOST)[-MOST - 1 :]}


def test_the_address_of_what_was_ever_run_stays(pipeline: Pipeline, now: datetime.datetime) -> None:
    webcam = parse((ROOT / "examples" / "webcam.yaml").read_text())
    save(pipeline, webcam, 0, now)
    address = Endpoint.objects.get().pk
    freeze_version(pipeline=pipeline, now=now)
    for number in range(3 * MOST):
        save(pipeline, with_camera(f"camera{number}"), number + 1, now)

    assert Endpoint.objects.filter(pk=address).exists()


def test_the_endpoints_of_a_graph_are_those_of_its_nodes(pipeline: Pipeline, now: datetime.datetime) -> None:
    for name in ("front", "back"):
        save(pipeline, with_camera(name), 0, now)

    assert [each.node for each in endpoints_of(pipeline=pipeline, graph=with_camera("front"))] == ["front"]


def test_what_was_archived_a_moment_ago_is_not_saved(pipeline: Pipeline, now: datetime.datetime) -> None:
    Pipeline.objects.update(archived_at=now)

    with pytest.raises(DraftConflict):
        save(pipeline, with_camera("front"), 0, now)
    pipeline.refresh_from_db()
    assert pipeline.revision == 1
