"""Teams, members and invitations as the API tells them."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from factory.domain.accounts import models
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import name_of


class Rights(BaseModel):
    """What who asks may do in a team."""

    see: bool
    run: bool
    edit: bool
    administer: bool
    pay: bool
    own: bool


class Team(BaseModel):
    """A team that who asks is a member of."""

    slug: str
    name: str
    role: Role
    may: Rights

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """As this member sees it."""
        may = Rights(**{action.value: membership.may(action) for action in Action})
        return cls(slug=membership.team.slug, name=membership.team.name, role=membership.role, may=may)


class TeamList(BaseModel):
    """The teams of who asks, by name."""

    items: list[Team]
    next: Annotated[str | None, Field(description="always null: there are few")] = None


class NewTeam(BaseModel):
    """A team to be made."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    slug: Annotated[str, Field(max_length=40, description="its short name in addresses; made of the name if empty")] = (
        ""
    )


class TeamChange(BaseModel):
    """What is to be other about a team."""

    name: Annotated[str, Field(min_length=1, max_length=80)]


class Person(BaseModel):
    """Who asks."""

    name: str
    email: str
    token: Annotated[str | None, Field(description="how the token begins that was sent; null for a browser")]
    scopes: Annotated[list[Action] | None, Field(description="what the token is for; null for a browser")]
    teams: list[Team]


class Member(BaseModel):
    """Someone in a team."""

    id: int
    name: str
    email: str
    role: Role
    joined_at: Annotated[datetime.datetime | None, Field(description="null where nobody wrote it down")]

    @classmethod
    def of(cls, member: models.Member) -> Self:
        """From the row."""
        return cls(
            id=member.user_id,
            name=name_of(member.user),
            email=member.user.email,
            role=Role(member.role),
            joined_at=member.joined_at,
        )


class MemberList(BaseModel):
    """The members of a team, in the order in which they came."""

    items: list[Member]
    next: str | None


class RoleChange(BaseModel):
    """What a member is to be."""

    role: Role


class NewInvitation(BaseModel):
    """Who is asked to become a member, and as what."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    role: Role


class Invitation(BaseModel):
    """Someone who is asked and has not answered; the link is in their mail alone."""

    id: str
    email: str
    role: Role
    invited_by: Annotated[str, Field(description="empty where nobody knows")]
    invited_at: datetime.datetime
    expires_at: datetime.datetime

    @classmethod
    def of(cls, invitation: models.Invitation) -> Self:
        """From the row."""
        by = invitation.invited_by
        return cls(
            id=invitation.pk,
            email=invitation.email,
            role=Role(invitation.role),
            invited_by=name_of(by) if by is not None else "",
            invited_at=invitation.invited_at,
            expires_at=invitation.expires_at,
        )


class InvitationList(BaseModel):
    """Who is asked and has not answered, the newest first."""

    items: list[Invitation]
    next: str | None
