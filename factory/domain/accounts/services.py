"""The verbs of accounts: make a team, take a member in, change a role, let a member go."""

from typing import ClassVar

from django.db import transaction

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role
from factory.foundation.errors import UserError


class TeamExists(UserError):
    """The slug is taken."""

    id: ClassVar[str] = "accounts:user:team-exists"


class LastOwner(UserError):
    """The change would leave a team without an owner."""

    id: ClassVar[str] = "accounts:user:last-owner"


@transaction.atomic
def create_team(*, slug: str, name: str, owner: User | None = None) -> Team:
    """A new team; without an owner where it belongs to the installation itself.

    Raises:
        TeamExists: the slug is taken.
    """
    team, created = Team.objects.get_or_create(slug=slug, defaults={"name": name})
    if not created:
        raise TeamExists(f"A team {slug} exists already; choose another short name.")
    if owner is not None:
        Member.objects.create(team=team, user=owner, role=Role.OWNER)
    return team


@transaction.atomic
def set_role(*, team: Team, user: User, role: Role) -> Member:
    """Make someone a member, or change the role of one.

    Raises:
        LastOwner: the last owner would no longer be one.
    """
    member = Member.objects.select_for_update().filter(team=team, user=user).first()
    if member is None:
        return Member.objects.create(team=team, user=user, role=role)
    if role is not Role.OWNER:
        _require_another_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def remove_member(*, team: Team, user: User) -> None:
    """Let a member go; someone who is none is fine.

    Raises:
        LastOwner: the team would be without an owner.
    """
    member = Member.objects.select_for_update().filter(team=team, user=user).first()
    if member is not None:
        _require_another_owner(member)
        member.delete()


def _require_another_owner(member: Member) -> None:
    owners = Member.objects.select_for_update().filter(team=member.team, role=Role.OWNER)
    if member.role == Role.OWNER and not any(owner.pk != member.pk for owner in owners):
        raise LastOwner(f"{member.user} is the last owner of {member.team}; make someone else owner first.")
