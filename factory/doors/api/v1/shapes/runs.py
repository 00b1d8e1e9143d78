"""Runs, their nodes and what they wrote."""

import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from components.contract.node_states import NodeState
from factory.domain.runs import models, selectors
from factory.domain.runs.states import RunState


class RunSummary(BaseModel):
    """One execution of a version of a pipeline."""

    id: str
    state: RunState
    reason: str
    version: int
    wanted: Annotated[bool, Field(description="false once it is asked to stop")]
    requested_at: datetime.datetime
    stopped_at: datetime.datetime | None
    deadline: datetime.datetime

    @classmethod
    def of(cls, run: models.Run) -> Self:
        """From the run's row, read with its version."""
        return cls(
            id=run.pk,
            state=run.run_state,
            reason=run.reason,
            version=run.version.number,
            wanted=run.wanted,
            requested_at=run.requested_at,
            stopped_at=run.stopped_at,
            deadline=run.deadline,
        )


class RunPage(BaseModel):
    """Some runs of a pipeline, the newest first."""

    items: list[RunSummary]
    next: Annotated[str | None, Field(description="the cursor of the next page")]


class Refused(BaseModel):
    """The newest parameters that a component refused."""

    revision: int
    reason: str


class NodeSnapshot(BaseModel):
    """One node of a run as it is now; the engine's words are of its current attempt."""

    name: str
    component: str
    state: NodeState
    reason: str
    attempt: Annotated[int, Field(description="counts the instances of this node, 0 before the first")]
    parameters: dict[str, Any]
    revision: int
    observed_revision: Annotated[int, Field(description="of the parameters that are in force")]
    refused: Refused | None
    given_up: bool
    give_up_reason: str
    engine_state: str
    exit_code: int | None
    end_reason: str
    started_at: datetime.datetime | None
    ready_at: datetime.datetime | None
    finished_at: datetime.datetime | None


class Change(BaseModel):
    """What became what, when and why; `node` is empty for the run itself."""

    node: str
    old: str
    new: str
    reason: str
    at: datetime.datetime


class Artifact(BaseModel):
    """A file that a node wrote, or is writing while it is not closed."""

    id: str
    node: str
    attempt: int
    name: str
    media_type: str
    bytes: int
    complete: Annotated[bool, Field(description="true once the node itself has closed it within its quota")]
    closed: bool
    href: str

    @classmethod
    def of(cls, artifact: selectors.ArtifactSnapshot, *, href: str) -> Self:
        """From the row's snapshot, at an address."""
        return cls(
            id=str(artifact.id),
            node=artifact.node,
            attempt=artifact.attempt,
            name=artifact.name,
            media_type=artifact.media_type,
            bytes=artifact.bytes,
            complete=artifact.complete,
            closed=artifact.closed,
            href=href,
        )


class RunDetail(RunSummary):
    """A run with its nodes, its newest changes and its files."""

    nodes: list[NodeSnapshot]
    changes: list[Change]
    artifacts: list[Artifact]


class StartRun(BaseModel):
    """What to run: the draft, if it is still at this revision."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


class LiveParameters(BaseModel):
    """New values of some parameters; the others stay."""

    parameters: Annotated[dict[str, Any], Field(max_length=64)]


class ParametersRevision(BaseModel):
    """The change is in force once the node's `observed_revision` is this."""

    revision: int


class Log(BaseModel):
    """The last lines that a node's instance wrote."""

    attempt: int
    text: str
    truncated: Annotated[bool, Field(description="true where there is more before it")]
    live: Annotated[bool, Field(description="true while the instance runs")]
