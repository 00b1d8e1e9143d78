"""Pipelines: in a list, as a whole, and what is sent to make one."""

import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from factory.domain.pipelines.models import EndpointKind
from factory.doors.api.v1.shapes.documents import Document, GivenDocument
from factory.doors.api.v1.shapes.problems import Problem
from factory.doors.api.v1.shapes.runs import RunSummary


class May(BaseModel):
    """What the person who asks may do with the pipeline."""

    edit: bool
    run: bool


class Endpoint(BaseModel):
    """The public address of a gateway node; it outlives runs."""

    id: str
    node: str
    kind: EndpointKind
    address: str


class Pipeline(BaseModel):
    """A pipeline's draft, what keeps it from running, its addresses and its newest run."""

    team: str
    slug: str
    name: str
    description: str
    revision: Annotated[int, Field(description="counts the saves of the draft; the ETag")]
    saved_by: Annotated[str, Field(description="empty where nobody knows")]
    saved_at: datetime.datetime | None
    document: Document
    problems: list[Problem]
    endpoints: list[Endpoint]
    published: Annotated[int | None, Field(description="the number of the published version")]
    run: RunSummary | None
    may: May


class PipelineSummary(BaseModel):
    """A pipeline in a list."""

    slug: str
    name: str
    description: str
    revision: int
    saved_at: datetime.datetime | None
    nodes: Annotated[int, Field(description="how many the draft has")]
    run: RunSummary | None


class PipelinePage(BaseModel):
    """Some pipelines of a team, the last saved first."""

    items: list[PipelineSummary]
    next: Annotated[str | None, Field(description="the cursor of the next page")]


class Saved(BaseModel):
    """What a save made of the draft."""

    revision: int
    saved_at: datetime.datetime
    problems: list[Problem]
    endpoints: list[Endpoint]


class NewPipeline(BaseModel):
    """A pipeline to make; its address is made from the name."""

    name: str
    document: GivenDocument | None = None


class Copy(BaseModel):
    """What a copy is called."""

    name: str
