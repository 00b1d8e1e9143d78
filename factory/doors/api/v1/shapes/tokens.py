"""API tokens and audit events as the API tells them."""

import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from factory.domain.accounts import models
from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import name_of

LONGEST_DAYS = 3660


class ApiToken(BaseModel):
    """What a program comes in with; the text itself is told once, when it is made."""

    id: str
    name: str
    prefix: Annotated[str, Field(description="how it begins, to tell it from others")]
    made_by: str
    scopes: list[Action]
    made_at: datetime.datetime
    expires_at: Annotated[datetime.datetime | None, Field(description="null for never")]
    last_used_at: Annotated[datetime.datetime | None, Field(description="to the minute; null for never")]

    @classmethod
    def of(cls, token: models.ApiToken) -> Self:
        """From the row."""
        return cls(
            id=token.pk,
            name=token.name,
            prefix=token.prefix,
            made_by=name_of(token.user),
            scopes=[Action(scope) for scope in token.scopes],
            made_at=token.made_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class NewApiToken(BaseModel):
    """A token to be made."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    scopes: Annotated[list[Action], Field(min_length=1, max_length=len(Action))]
    expires_in_days: Annotated[int | None, Field(ge=1, le=LONGEST_DAYS, description="null for never")] = 90


class MadeApiToken(ApiToken):
    """A token that was just made."""

    token: Annotated[str, Field(description="the whole of it; it is told now and never again")]


class ApiTokenList(BaseModel):
    """The tokens that hold, the newest first."""

    items: list[ApiToken]
    next: str | None


class AuditEvent(BaseModel):
    """Something that was done in a team."""

    number: Annotated[int, Field(description="from 1, without gaps")]
    at: datetime.datetime
    actor: Annotated[str, Field(description="as they were called then; empty for the house itself")]
    actor_id: Annotated[int | None, Field(description="by which the list is narrowed; null for the house itself")]
    token: Annotated[str, Field(description="how the token began by which the API was asked; empty for none")]
    action: Annotated[str, Field(description="a dotted verb, such as member.invited")]
    subject: str
    details: dict[str, Any]
    digest: Annotated[str, Field(description="SHA-256 over this event and the digest of the one before")]

    @classmethod
    def of(cls, event: models.AuditEvent) -> Self:
        """From the row."""
        return cls(
            number=event.number,
            at=event.at,
            actor=event.actor_name,
            actor_id=event.actor_id,
            token=event.token_prefix,
            action=event.action,
            subject=event.subject,
            details=event.details,
            digest=event.digest,
        )


class AuditEventList(BaseModel):
    """What was done in a team, the newest first."""

    items: list[AuditEvent]
    next: str | None
