"""Versions of a pipeline, and what differs between two."""

import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from components.contract.parameters import Value
from factory.domain.graph import differences
from factory.domain.pipelines import versions
from factory.doors.api.v1.shapes.documents import Document
from factory.doors.api.v1.shapes.problems import Problem


class Version(BaseModel):
    """A numbered version; nothing of it ever changes but whether it is the published one."""

    number: int
    note: Annotated[str, Field(description='what its maker said of it; "run" where a run made it')]
    created_at: datetime.datetime
    created_by: Annotated[str, Field(description="empty where nobody knows, as of versions made from the terminal")]
    published: Annotated[bool, Field(description="whether endpoints start this one")]
    nodes: Annotated[int, Field(description="how many it has")]
    is_draft: Annotated[bool, Field(description="whether the draft would run as this one does")]


class VersionPage(BaseModel):
    """Some versions of a pipeline, the newest first."""

    items: list[Version]
    next: Annotated[str | None, Field(description="the cursor of the next page")]


class VersionDetail(Version):
    """A version with its document."""

    document: Document
    problems: Annotated[list[Problem], Field(description="what keeps it from running now, such as a component gone")]


class NewVersion(BaseModel):
    """A version to make of the draft."""

    note: Annotated[str, Field(max_length=versions.MAX_NOTE_CHARACTERS, description="what is new, on one line")] = ""


class ParameterChange(BaseModel):
    """One parameter of a node, or its component where `parameter` is empty; null where the default is in force."""

    node: str
    component: Annotated[str, Field(description="its reference in the later one")]
    parameter: str
    before: Value | None
    after: Value | None


class Difference(BaseModel):
    """What leads from one version to another: names of nodes, ids of wires such as `camera.video->file.video`."""

    added: list[str]
    removed: list[str]
    changed: list[ParameterChange]
    wires_added: list[str]
    wires_removed: list[str]
    moved: Annotated[list[str], Field(description="boxes that stand elsewhere, which changes nothing that runs")]
    runs_alike: Annotated[bool, Field(description="whether a run of the one is as a run of the other")]

    @classmethod
    def of(cls, found: differences.Differences) -> "Difference":
        """As it was found."""
        return cls(
            added=list(found.added),
            removed=list(found.removed),
            changed=[
                ParameterChange(
                    node=each.node,
                    component=each.component,
                    parameter=each.parameter,
                    before=each.before,
                    after=each.after,
                )
                for each in found.changed
            ],
            wires_added=list(found.wires_added),
            wires_removed=list(found.wires_removed),
            moved=list(found.moved),
            runs_alike=found.runs_alike,
        )
