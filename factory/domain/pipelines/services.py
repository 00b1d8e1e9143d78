"""The verbs of pipelines: create, save the draft, freeze it as a version, publish, take in and give out as text."""

import datetime
import hashlib
import unicodedata
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from factory.domain.accounts.audit import record
from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.catalogue.components import manifests
from factory.domain.graph.document import dump, parse
from factory.domain.graph.graph import Graph, digest_of
from factory.domain.graph.problems import Code, Problem
from factory.domain.graph.secret_rules import check_secrets
from factory.domain.graph.structure import check_structure
from factory.domain.graph.validate import validate
from factory.domain.pipelines.draft_rows import write_rows
from factory.domain.pipelines.models import Endpoint, Node, Pipeline, Version
from factory.domain.pipelines.selectors import draft_of, gateway_kinds, graph_of, newest_version, pipeline_of
from factory.domain.pipelines.signals import tell_on_commit
from factory.domain.pipelines.withdrawn import check_withdrawn
from factory.foundation.errors import UserError

MAX_SLUG = 80
_DIGEST_CHARACTERS = 6
MOST_RESTING_ENDPOINTS = 200
"""Endpoints of nodes that are gone and were in no version; whoever types a name saves many of them."""
RESERVED_SLUGS = frozenset({"import"})
"""What stands where a slug does in addresses of the API."""


class GraphRefused(UserError):
    """The graph breaks rules; `problems` has all of them."""

    id: ClassVar[str] = "pipelines:user:graph-refused"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class PipelineExists(UserError):
    """The team has a pipeline of this short name."""

    id: ClassVar[str] = "pipelines:user:exists"


class DraftConflict(UserError):
    """Someone else saved the draft meanwhile."""

    id: ClassVar[str] = "pipelines:user:draft-conflict"


class NothingToPublish(UserError):
    """Only a numbered version can be published."""

    id: ClassVar[str] = "pipelines:user:nothing-to-publish"


def create_pipeline(
    *,
    team: Team,
    name: str,
    now: datetime.datetime,
    slug: str | None = None,
    description: str = "",
    by: User | None = None,
    token: ApiToken | None = None,
    origin: str = "",
) -> Pipeline:
    """A new pipeline with an empty draft; the slug is made from the name where none is given.

    Args:
        by: who makes it, for the audit log; None where the house does.
        origin: what it is made from, in words, such as `a copy of Mirror`.

    Raises:
        PipelineExists: the team has one of this slug.
        GraphRefused: the name or the description cannot be one.
    """
    _refuse_what_cannot_be_kept(Graph(name=name, nodes={}, description=description), team)
    chosen = slug or slug_of(name)
    try:
        with transaction.atomic():
            pipeline = Pipeline.objects.create(
                team=team, slug=chosen, name=name, description=description, saved_by=by, saved_at=now
            )
            Version.objects.create(pipeline=pipeline, created_at=now, spec_digest=digest_of(Graph(name=name, nodes={})))
            if by is not None:
                details = {"pipeline": chosen} | ({"from": origin} if origin else {})
                record(team=team, actor=by, token=token, action="pipeline.made", subject=name, now=now, details=details)
    except IntegrityError:
        raise PipelineExists(f"The team has a pipeline {chosen} already; choose another name.") from None
    return pipeline


def slug_of(name: str) -> str:
    """The short name for addresses that a pipeline's name gives.

    Letters that addresses cannot hold are dropped; a digest of the name then keeps such names apart from each other.
    """
    slug = slugify(name)[:MAX_SLUG] or "pipeline"
    if any(letter.isalnum() and not letter.isascii() for letter in unicodedata.normalize("NFKD", name)):
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:_DIGEST_CHARACTERS]
        slug = f"{slug[: MAX_SLUG - _DIGEST_CHARACTERS - 1].strip('-_')}-{digest}"
    return f"{slug}-pipeline" if slug in RESERVED_SLUGS else slug


@transaction.atomic
def save_draft(
    *, pipeline: Pipeline, graph: Graph, expected_revision: int, now: datetime.datetime, by: User | None = None
) -> int:
    """Replace the draft by a graph, which need not be able to run yet; returns the new revision.

    Gateway nodes get their endpoints; the endpoint of a node that is gone is kept for its return, within a bound.

    Raises:
        DraftConflict: the draft is not at the expected revision any more, or the pipeline is archived.
        GraphRefused: the graph breaks rules without which it cannot be kept.
    """
    _refuse_what_cannot_be_kept(graph, pipeline.team)
    expected = Pipeline.objects.filter(pk=pipeline.pk, revision=expected_revision, archived_at=None)
    saved = expected.update(
        revision=F("revision") + 1, name=graph.name, description=graph.description, saved_by=by, saved_at=now
    )
    if saved != 1:
        raise DraftConflict("Someone saved this pipeline meanwhile; load it again and repeat your change.")
    draft = draft_of(pipeline)
    write_rows(draft, graph)
    Version.objects.filter(pk=draft.pk).update(spec_digest=digest_of(graph))
    _write_endpoints(pipeline, gateway_kinds(graph, pipeline.team), now)
    pipeline.refresh_from_db(fields=["revision", "name", "description", "saved_by", "saved_at"])
    tell_on_commit(pipeline_id=pipeline.pk)
    return pipeline.revision


@transaction.atomic
def freeze_version(*, pipeline: Pipeline, now: datetime.datetime, note: str = "") -> Version:
    """Make the draft the next numbered version, and a copy of it the draft.

    Raises:
        GraphRefused: the draft cannot run; with every problem.
    """
    Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    draft = draft_of(pipeline)
    graph = graph_of(draft)
    problems = validate(graph, manifests(pipeline.team)) + check_withdrawn(pipeline=pipeline, graph=graph)
    if problems:
        raise GraphRefused(problems)
    newest = newest_version(pipeline)
    number = 1 if newest is None or newest.number is None else newest.number + 1
    Version.objects.filter(pk=draft.pk).update(number=number, created_at=now, note=note)
    successor = Version.objects.create(pipeline=pipeline, created_at=now, spec_digest=draft.spec_digest)
    write_rows(successor, graph)
    frozen: Version = Version.objects.get(pk=draft.pk)
    return frozen


@transaction.atomic
def publish(*, version: Version) -> None:
    """Make a numbered version the one that endpoints start.

    Raises:
        NothingToPublish: it is the draft.
    """
    if not Version.objects.filter(pk=version.pk, number__isnull=False).exists():
        raise NothingToPublish("A draft cannot be published; freeze it as a version first.")
    Pipeline.objects.filter(pk=version.pipeline_id).update(published=version)
    tell_on_commit(pipeline_id=version.pipeline_id)


@transaction.atomic
def import_yaml(*, team: Team, text: str, now: datetime.datetime, by: User | None = None) -> Pipeline:
    """Take a `pipeline.yaml` in: a new pipeline, or the new draft of the one whose slug the name gives.

    Raises:
        PipelineFileInvalid: it cannot be read.
        GraphRefused: the graph breaks rules without which it cannot be kept.
        DraftConflict: someone saved the draft at the same moment.
    """
    graph = parse(text)
    _refuse_what_cannot_be_kept(graph, team)
    pipeline = pipeline_of(team=team, slug=slug_of(graph.name))
    if pipeline is None:
        pipeline = create_pipeline(team=team, name=graph.name, now=now, by=by)
    save_draft(pipeline=pipeline, graph=graph, expected_revision=pipeline.revision, now=now, by=by)
    return pipeline


def export_yaml(*, version: Version) -> str:
    """The `pipeline.yaml` of a draft or of a numbered version; taken in again it gives the same graph."""
    return dump(graph_of(version))


def _refuse_what_cannot_be_kept(graph: Graph, team: Team) -> None:
    problems = [problem for problem in check_structure(graph) if problem.code is not Code.EMPTY]
    # What may not be kept must not be kept for a moment: rows are copied, backed up and read by many.
    problems += check_secrets(graph, manifests(team))
    if problems:
        raise GraphRefused(problems)


def _write_endpoints(pipeline: Pipeline, kinds: dict[str, str], now: datetime.datetime) -> None:
    """Those that are missing; beyond the bound the oldest go of which nobody can have heard from a run."""
    rows = Endpoint.objects.filter(pipeline=pipeline)
    there = set(rows.values_list("node", "kind"))
    missing = [pair for pair in kinds.items() if pair not in there]
    wanted = [Endpoint(pipeline=pipeline, node=node, kind=kind, created_at=now) for node, kind in missing]
    Endpoint.objects.bulk_create(wanted, ignore_conflicts=True)
    if len(there) + len(missing) <= len(kinds) + MOST_RESTING_ENDPOINTS:
        return
    used = Node.objects.filter(version__pipeline=pipeline).values("name")
    # One with a token is known to some program, whatever became of its node.
    resting = (
        rows.exclude(node__in=used).filter(tokens=None).order_by("-created_at", "-pk").values_list("pk", flat=True)
    )
    rows.filter(pk__in=list(resting[MOST_RESTING_ENDPOINTS:])).delete()
