import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factory.domain.accounts.models import Team
from factory.domain.pipelines.frozen import FrozenVersion
from factory.domain.pipelines.models import Node, Pipeline, Version, Wire
from factory.domain.pipelines.selectors import draft_of, graph_of
from factory.domain.pipelines.services import freeze_version, import_yaml, publish


@pytest.fixture
def frozen(team: Team, now: datetime.datetime, hello: str) -> Version:
    return freeze_version(pipeline=import_yaml(team=team, text=hello, now=now), now=now)


def node_of(version: Version) -> Node:
    found: Node = Node.objects.get(version=version, name="camera")
    return found


def wire_of(version: Version) -> Wire:
    found: Wire = Wire.objects.filter(version=version)[0]
    return found


def rename(node: Node) -> Node:
    node.name = "other"
    return node


WAYS: dict[str, Callable[[Version], Any]] = {
    "save it": lambda version: version.save(),
    "delete it": lambda version: version.delete(),
    "update it": lambda version: Version.objects.filter(pk=version.pk).update(note="new"),
    "delete it by query": lambda version: Version.objects.filter(pk=version.pk).delete(),
    "update it in bulk": lambda version: Version.objects.bulk_update([version], ["note"]),
    "give another one a number": lambda version: Version(
        pipeline=version.pipeline, number=9, created_at=version.created_at
    ).save(),
    "make a numbered one in bulk": lambda version: Version.objects.bulk_create(
        [Version(pipeline=version.pipeline, number=9, created_at=version.created_at)]
    ),
    "reach it through its pipeline": lambda version: version.pipeline.versions.all().delete(),
    "save a node": lambda version: rename(node_of(version)).save(),
    "save fields of a node": lambda version: rename(node_of(version)).save(update_fields=["name"]),
    "delete a node": lambda version: node_of(version).delete(),
    "update a node": lambda version: Node.objects.filter(version=version).update(name="x"),
    "update nodes of all versions": lambda version: Node.objects.update(x=1),
    "update a node in bulk": lambda version: Node.objects.bulk_update([rename(node_of(version))], ["name"]),
    "delete a node by query": lambda version: Node.objects.filter(version=version, name="camera").delete(),
    "delete nodes through the version": lambda version: version.nodes.all().delete(),
    "add a node": lambda version: Node.objects.create(version=version, name="new", component="overlay@1.0.0"),
    "add a node through the version": lambda version: version.nodes.create(name="new", component="overlay@1.0.0"),
    "add nodes in bulk": lambda version: Node.objects.bulk_create(
        [Node(version=version, name="new", component="overlay@1.0.0")]
    ),
    "overwrite a node in bulk": lambda version: Node.objects.bulk_create(
        [Node(pk=node_of(version).pk, version=draft_of(version.pipeline), name="new", component="overlay@1.0.0")],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["name"],
    ),
    "update or create a node": lambda version: Node.objects.update_or_create(
        version=version, name="camera", defaults={"x": 5}
    ),
    "move a node in": lambda version: Node.objects.filter(version=draft_of(version.pipeline)).update(version=version),
    "delete a wire": lambda version: wire_of(version).delete(),
    "save a wire": lambda version: wire_of(version).save(),
    "update a wire": lambda version: Wire.objects.filter(version=version).update(target_port="x"),
    "delete wires by query": lambda version: Wire.objects.filter(version=version).delete(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_numbered_version_never_changes(frozen: Version, way: Callable[[Version], Any]) -> None:
    before = graph_of(frozen)

    with pytest.raises(FrozenVersion), transaction.atomic():
        way(frozen)

    kept = Version.objects.get(pk=frozen.pk)
    assert (kept.number, kept.note, graph_of(kept)) == (1, "", before)
    assert Version.objects.count() == 2


def test_a_node_cannot_be_saved_into_a_numbered_version(frozen: Version) -> None:
    node = node_of(draft_of(frozen.pipeline))
    node.version = frozen

    with pytest.raises(FrozenVersion):
        node.save()


def test_the_draft_can_be_changed_in_every_way(frozen: Version) -> None:
    draft = draft_of(frozen.pipeline)

    rename(node_of(draft)).save()
    Node.objects.filter(version=draft, name="other").update(x=7)
    Node.objects.create(version=draft, name="new", component="overlay@1.0.0").delete()
    wire_of(draft).delete()
    Wire.objects.filter(version=draft).delete()
    draft.note = "in work"
    draft.save()

    assert Node.objects.get(version=draft, name="other").x == 7
    assert not Wire.objects.filter(version=draft).exists()


def test_a_pipeline_goes_with_everything_that_it_has(frozen: Version, now: datetime.datetime) -> None:
    publish(version=frozen)
    freeze_version(pipeline=frozen.pipeline, now=now)

    Pipeline.objects.get().delete()

    assert [model.objects.count() for model in (Pipeline, Version, Node, Wire)] == [0, 0, 0, 0]


def test_a_team_goes_with_its_pipelines(frozen: Version, team: Team) -> None:
    publish(version=frozen)

    Team.objects.filter(pk=team.pk).delete()

    assert not Pipeline.objects.exists()
    assert not Node.objects.exists()


def test_a_pipeline_has_one_draft(frozen: Version) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(pipeline=frozen.pipeline, created_at=frozen.created_at)
