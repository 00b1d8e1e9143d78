"""Listings of the marketplace, and installations."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from components.contract.manifest import Category, Kind
from factory.domain.catalogue.models import Installation as Row
from factory.domain.catalogue.statuses import InstallationState, ReleaseStatus
from factory.doors.api.v1.shapes.components import Price


class ListingSummary(BaseModel):
    """A component in the list, as its version that is shown."""

    name: str
    ref: Annotated[str, Field(description="of the version that is shown: overlay@1.0.0")]
    version: str
    title: str
    description: str
    publisher: str
    kind: Kind
    category: Category
    icon: Annotated[str, Field(description="the address of its picture")]
    status: ReleaseStatus
    status_note: str
    team: Annotated[str | None, Field(description="the team whose own it is; null where everybody has it")]
    price: Price


class ListingPage(BaseModel):
    """Some listings, the best first, and where to go on."""

    items: list[ListingSummary]
    next: str | None


class ListedVersion(BaseModel):
    """One version of a component."""

    ref: str
    version: str
    status: ReleaseStatus
    status_note: str
    digest: Annotated[str, Field(description="the image's id; empty where it lies in the components folder")]


class ListedPermission(BaseModel):
    """What it may do, in words."""

    words: str
    needs_trust: bool


class ListedUse(BaseModel):
    """A pipeline of yours that has nodes of it."""

    team: str
    pipeline: str
    name: str
    versions: list[str]
    where: str


class ListingDetail(ListingSummary):
    """A component with all that its page shows."""

    license: str
    keywords: list[str]
    readme: Annotated[str, Field(description="Markdown, as its publisher wrote it; not to be trusted as HTML")]
    permissions: list[ListedPermission]
    versions: list[ListedVersion]
    used_by: list[ListedUse]


class StatusNote(BaseModel):
    """Why a version is deprecated or withdrawn, and what to use instead."""

    note: Annotated[str, Field(max_length=300)]


class NewInstallation(BaseModel):
    """A file that is to come, in pieces."""

    file_name: Annotated[str, Field(max_length=200)]
    size: Annotated[int, Field(ge=1, description="bytes of the whole file")]
    team: Annotated[str | None, Field(default=None, description="whose own it becomes; null for everybody's")]


class InstallationProblem(BaseModel):
    """One thing that is wrong with what was uploaded."""

    path: Annotated[str, Field(description="in component.yaml: parameters.text.default; or a file's name")]
    line: Annotated[int, Field(description="counted from 1, 0 where unknown")]
    message: str
    remedy: str


class Installation(BaseModel):
    """An upload on its way to a component."""

    id: str
    team: str | None
    file_name: str
    size: int
    offset: Annotated[int, Field(description="how many bytes are here; send what follows them")]
    piece_bytes: Annotated[int, Field(description="the most of one piece")]
    state: InstallationState
    reference: Annotated[str, Field(description="what it becomes or became: overlay@1.0.0")]
    digest: Annotated[str, Field(description="the image's id, once it is installed")]
    problems: list[InstallationProblem]
    asked_at: datetime.datetime
    changed_at: datetime.datetime

    @classmethod
    def of(cls, row: Row, *, offset: int, piece_bytes: int) -> Self:
        """As the row has it."""
        return cls(
            id=row.pk,
            team=row.team.slug if row.team is not None else None,
            file_name=row.file_name,
            size=row.size,
            offset=offset,
            piece_bytes=piece_bytes,
            state=row.installation_state,
            reference=row.reference,
            digest=row.release.digest if row.release is not None else "",
            problems=[InstallationProblem(**each) for each in row.problems],
            asked_at=row.asked_at,
            changed_at=row.changed_at,
        )


class InstallationPage(BaseModel):
    """Some installations, the newest first, and where to go on."""

    items: list[Installation]
    next: str | None
