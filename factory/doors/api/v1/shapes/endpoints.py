"""What opens an endpoint: passes of a quarter of an hour, and tokens that are shown once."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from factory.domain.accounts.selectors import name_of
from factory.domain.pipelines import models
from factory.doors.api.v1.shapes.pipelines import Endpoint


class EndpointList(BaseModel):
    """The addresses of a pipeline's gateways, in the order of the nodes."""

    items: list[Endpoint]
    next: Annotated[str | None, Field(description="always null: a draft is one list")]


class Pass(BaseModel):
    """A bearer token of one endpoint that ends by itself; kept nowhere."""

    token: str
    expires_at: datetime.datetime


class EndpointToken(BaseModel):
    """A bearer token of one endpoint, but for what it says."""

    id: int
    name: str
    prefix: Annotated[str, Field(description="how it begins, to tell it from others")]
    made_by: Annotated[str, Field(description="empty where nobody knows")]
    made_at: datetime.datetime
    expires_at: datetime.datetime | None
    last_used_at: Annotated[datetime.datetime | None, Field(description="to the minute")]
    holds: Annotated[bool, Field(description="false once it has expired")]

    @classmethod
    def of(cls, row: models.EndpointToken, now: datetime.datetime) -> Self:
        """From the row."""
        return cls(**_fields(row, now))


class MadeEndpointToken(EndpointToken):
    """A token that was just made: the one time that what it says is shown."""

    token: str

    @classmethod
    def made(cls, row: models.EndpointToken, token: str, now: datetime.datetime) -> Self:
        """From the row, and what it says."""
        return cls(**_fields(row, now), token=token)


class EndpointTokenList(BaseModel):
    """The tokens of an endpoint that were not revoked, the newest first."""

    items: list[EndpointToken]
    next: Annotated[str | None, Field(description="always null: an endpoint has at most 50 that hold")]


class NewEndpointToken(BaseModel):
    """A token to make."""

    name: Annotated[str, Field(min_length=1, max_length=60, description="what it is for, as people call it")]
    expires_at: Annotated[
        datetime.datetime | None, Field(description="with its zone; null or left out: until it is revoked")
    ] = None


def _fields(row: models.EndpointToken, now: datetime.datetime) -> dict[str, object]:
    return {
        "id": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "made_by": name_of(row.made_by) if row.made_by is not None else "",
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "holds": row.holds(now),
    }
