"""What can be read of runs."""

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from components.contract.node_states import NodeState
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Artifact, Instance, Run, RunNode, StateChange
from factory.domain.runs.states import RunState

OVER = tuple(state.value for state in RunState if state.is_over)


@dataclasses.dataclass(frozen=True)
class NodeSnapshot:
    """One node as it is now; `engine_state` and `exit_code` are of its current attempt."""

    name: str
    component: str
    state: NodeState
    reason: str
    attempt: int
    parameters: dict[str, Any]
    revision: int
    observed_revision: int
    refused: dict[str, Any] | None
    given_up: bool
    give_up_reason: str
    engine_state: str
    exit_code: int | None
    end_reason: str
    started_at: datetime.datetime | None
    ready_at: datetime.datetime | None
    finished_at: datetime.datetime | None


@dataclasses.dataclass(frozen=True)
class ArtifactSnapshot:
    """A file that a node wrote, or is writing."""

    node: str
    attempt: int
    name: str
    media_type: str
    path: str
    bytes: int
    complete: bool
    id: int = 0
    closed: bool = False


@dataclasses.dataclass(frozen=True)
class RunSnapshot:
    """A run as it is now, its nodes in the order of their pipeline."""

    id: str
    state: RunState
    reason: str
    wanted: bool
    host: str
    requested_at: datetime.datetime
    deadline: datetime.datetime
    stopped_at: datetime.datetime | None
    nodes: tuple[NodeSnapshot, ...]
    artifacts: tuple[ArtifactSnapshot, ...]


@dataclasses.dataclass(frozen=True)
class Ending:
    """How an attempt of a node ended, and whether anybody had asked for it."""

    node: str
    attempt: int
    reason: str
    asked: bool


def unfinished_runs(*, host: str | None = None) -> list[str]:
    """Ids of the runs that are not over, of one host or of all, the oldest first."""
    runs = Run.objects.exclude(state__in=OVER)
    if host is not None:
        runs = runs.filter(host=host)
    return list(runs.order_by("requested_at").values_list("pk", flat=True))


def newest_run(*, pipeline_id: int) -> Run | None:
    """The run of a pipeline that was asked for last, over or not, with its version."""
    runs = Run.objects.filter(version__pipeline_id=pipeline_id).select_related("version")
    return runs.order_by("-requested_at", "-pk").first()


def newest_runs(*, pipeline_ids: Collection[int]) -> dict[int, Run]:
    """The newest run of each of these pipelines that has one, with its version; one query, however many there are."""
    # Asked once a pipeline, not once a run: of those there may be thousands.
    newest = Run.objects.filter(version__pipeline_id=OuterRef("pk")).order_by("-requested_at", "-pk").values("pk")[:1]
    wanted = Pipeline.objects.filter(pk__in=pipeline_ids).annotate(newest=Subquery(newest)).values("newest")
    runs = Run.objects.filter(pk__in=wanted)
    return {run.version.pipeline_id: run for run in runs.select_related("version")}


def current_run(*, pipeline_id: int) -> Run | None:
    """The newest run of a pipeline that is not over; what its endpoints lead to."""
    runs = Run.objects.filter(version__pipeline_id=pipeline_id).exclude(state__in=OVER).select_related("version")
    return runs.order_by("-requested_at", "-pk").first()


def runs_of(*, pipeline_id: int) -> QuerySet[Run]:
    """Every run of a pipeline with its version, the newest first."""
    runs = Run.objects.filter(version__pipeline_id=pipeline_id).select_related("version")
    return runs.order_by("-requested_at", "-pk")


def run_of(*, pipeline_id: int, run_id: str) -> Run | None:
    """One run of a pipeline, with its version; None where the pipeline has none of this id."""
    return runs_of(pipeline_id=pipeline_id).filter(pk=run_id).first()


def newest_changes(*, run_id: str, most: int) -> list[StateChange]:
    """The newest changes of a run and its nodes, at most so many, in the order in which they happened."""
    return list(StateChange.objects.filter(run_id=run_id).order_by("-pk")[:most])[::-1]


def artifact_of(*, run_id: str, artifact_id: int) -> Artifact | None:
    """One file of a run; None where it has none of this id."""
    return Artifact.objects.filter(run_id=run_id, pk=artifact_id).first()


def node_of(*, run_id: str, name: str) -> RunNode | None:
    """One node of a run; None where it has none of this name."""
    return RunNode.objects.filter(run_id=run_id, name=name).first()


def host_of(*, run_id: str) -> str | None:
    """The host that a run is on, None where there is no such run."""
    return Run.objects.filter(pk=run_id).values_list("host", flat=True).first()


def endings(*, run_id: str) -> tuple[Ending, ...]:
    """The attempts of a run that are over, in the order in which they were made."""
    over = Instance.objects.filter(run_id=run_id, ended_at__isnull=False).order_by("pk")
    return tuple(Ending(row.node, row.attempt, row.end_reason, row.stop_cause != "") for row in over)


def snapshot(*, run_id: str) -> RunSnapshot:
    """A run with its nodes and files.

    Raises:
        Run.DoesNotExist: there is none of this id.
    """
    run = Run.objects.get(pk=run_id)
    current = {(row.node, row.attempt): row for row in Instance.objects.filter(run=run)}
    nodes = RunNode.objects.filter(run=run).order_by("pk")
    files = Artifact.objects.filter(run=run)
    return RunSnapshot(
        id=run.pk,
        state=run.run_state,
        reason=run.reason,
        wanted=run.wanted,
        host=run.host,
        requested_at=run.requested_at,
        deadline=run.deadline,
        stopped_at=run.stopped_at,
        nodes=tuple(_node_snapshot(node, current.get((node.name, node.attempt))) for node in nodes),
        artifacts=tuple(
            ArtifactSnapshot(
                file.node,
                file.attempt,
                file.name,
                file.media_type,
                file.path,
                file.bytes,
                file.complete,
                id=file.pk,
                closed=file.closed_at is not None,
            )
            for file in files
        ),
    )


def _node_snapshot(node: RunNode, current: Instance | None) -> NodeSnapshot:
    return NodeSnapshot(
        name=node.name,
        component=node.component,
        state=NodeState(node.state),
        reason=node.reason,
        attempt=node.attempt,
        parameters=node.parameters,
        revision=node.revision,
        observed_revision=node.observed_revision,
        refused=node.refused,
        given_up=node.given_up,
        give_up_reason=node.give_up_reason,
        engine_state=current.engine_state if current is not None else "absent",
        exit_code=current.exit_code if current is not None else None,
        end_reason=current.end_reason if current is not None else "",
        started_at=current.started_at if current is not None else None,
        ready_at=current.ready_at if current is not None else None,
        finished_at=current.finished_at if current is not None else None,
    )
