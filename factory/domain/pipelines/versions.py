"""The numbered versions of a pipeline: list them, make one, publish one, take one back into the draft."""

import dataclasses
import datetime
from collections.abc import Collection
from typing import ClassVar

from django.db import transaction
from django.db.models import Count, QuerySet

from factory.domain.accounts.audit import record
from factory.domain.accounts.models import ApiToken, AuditEvent, User
from factory.domain.graph.differences import Differences, differences_of
from factory.domain.graph.graph import Graph
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.selectors import graph_of, read_draft
from factory.domain.pipelines.services import freeze_version, publish, save_draft
from factory.foundation.errors import UserError

MAX_NOTE_CHARACTERS = 300


class VersionUnknown(UserError):
    """The pipeline has no version of this number."""

    id: ClassVar[str] = "pipelines:user:version-unknown"


class NoteRefused(UserError):
    """The note of a version cannot be kept."""

    id: ClassVar[str] = "pipelines:user:note"


def versions_of(*, pipeline: Pipeline) -> QuerySet[Version]:
    """The numbered versions, the newest first."""
    numbered: QuerySet[Version] = Version.objects.filter(pipeline=pipeline, number__isnull=False)
    return numbered.order_by("-number")


def node_counts(*, versions: Collection[Version]) -> dict[int, int]:
    """How many nodes each of these versions has, by its key; one query."""
    counted = Version.objects.filter(pk__in=[version.pk for version in versions]).annotate(many=Count("nodes"))
    return dict(counted.values_list("pk", "many"))


def makers_of(*, versions: Collection[Version]) -> dict[int, str]:
    """Who made each of these versions of one pipeline, by its number, as they were called then.

    The audit log knows; a version that a run made is in it as that run alone.
    """
    if not versions:
        return {}
    pipeline = next(iter(versions)).pipeline
    told = AuditEvent.objects.filter(
        team_id=pipeline.team_id, action="version.made", at__in=[version.created_at for version in versions]
    )
    rows = told.values_list("details", "actor_name")
    return {details["number"]: name for details, name in rows if details.get("pipeline_id") == pipeline.pk}


def version_of(*, pipeline: Pipeline, number: int) -> Version:
    """One of them.

    Raises:
        VersionUnknown: there is none of this number.
    """
    found: Version | None = Version.objects.filter(pipeline=pipeline, number=number).first()
    if found is None:
        raise VersionUnknown(f"{pipeline.name} has no version {number}; list its versions and choose one.")
    found.pipeline = pipeline
    return found


def graph_at(*, pipeline: Pipeline, number: int | None) -> Graph:
    """The graph of a version, or of the draft where there is no number.

    Raises:
        VersionUnknown: there is none of this number.
        DraftBusy: the draft is being saved all the time.
    """
    if number is None:
        return read_draft(pipeline=pipeline)
    return graph_of(version_of(pipeline=pipeline, number=number))


def differences_between(*, pipeline: Pipeline, before: int | None, after: int | None) -> Differences:
    """What leads from one version to another; None is the draft.

    Raises:
        VersionUnknown: there is none of one of the numbers.
        DraftBusy: the draft is being saved all the time.
    """
    return differences_of(graph_at(pipeline=pipeline, number=before), graph_at(pipeline=pipeline, number=after))


@transaction.atomic
def make_version(
    *, pipeline: Pipeline, note: str, now: datetime.datetime, by: User, token: ApiToken | None = None
) -> Version:
    """Make the draft the next version.

    Raises:
        NoteRefused: the note is too long, or has more than one line.
        GraphRefused: the draft cannot run; with every problem.
    """
    told = note.strip()
    if len(told) > MAX_NOTE_CHARACTERS or not (told.isprintable() or not told):
        raise NoteRefused(f"A note is one line of at most {MAX_NOTE_CHARACTERS} characters; shorten it.")
    version = freeze_version(pipeline=pipeline, now=now, note=told)
    tell_made(version=version, by=by, token=token, now=now)
    return version


def tell_made(*, version: Version, by: User, token: ApiToken | None, now: datetime.datetime) -> None:
    """Write into the audit log who made a version, where `makers_of` finds it."""
    _tell("made", version, by=by, token=token, now=now)


@transaction.atomic
def publish_version(
    *, pipeline: Pipeline, number: int, now: datetime.datetime, by: User, token: ApiToken | None = None
) -> Version:
    """Make a version the one that endpoints start; the one that is published already is fine.

    Raises:
        VersionUnknown: there is none of this number.
    """
    version = version_of(pipeline=pipeline, number=number)
    if pipeline.published_id != version.pk:
        publish(version=version)
        _tell("published", version, by=by, token=token, now=now)
        pipeline.published = version
    return version


@transaction.atomic
def restore_version(
    *,
    pipeline: Pipeline,
    number: int,
    expected_revision: int,
    now: datetime.datetime,
    by: User,
    token: ApiToken | None = None,
) -> int:
    """Make the draft what a version is; returns the new revision. The pipeline keeps its name and description.

    Raises:
        VersionUnknown: there is none of this number.
        DraftConflict: the draft is not at the expected revision any more.
    """
    graph = graph_at(pipeline=pipeline, number=number)
    current = Pipeline.objects.get(pk=pipeline.pk)
    graph = dataclasses.replace(graph, name=current.name, description=current.description)
    revision = save_draft(pipeline=pipeline, graph=graph, expected_revision=expected_revision, now=now, by=by)
    _tell("restored", version_of(pipeline=pipeline, number=number), by=by, token=token, now=now)
    return revision


def _tell(deed: str, version: Version, *, by: User, token: ApiToken | None, now: datetime.datetime) -> None:
    pipeline = version.pipeline
    record(
        team=pipeline.team,
        actor=by,
        token=token,
        action=f"version.{deed}",
        subject=f"{pipeline.name} version {version.number}",
        now=now,
        details={"pipeline": pipeline.slug, "pipeline_id": pipeline.pk, "number": version.number},
    )
