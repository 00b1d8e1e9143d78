"""The verbs of accounts: make a team, take a member in, change a role, let a member go."""

from typing import ClassVar

from django.db import transaction
from django.utils.text import slugify

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role
from factory.foundation.errors import UserError
from factory.foundation.ids import new_id

HOME_TEAM = "home"
HOME_OWNER = "operator"
_MOST_NUMBERED = 9
_MOST_RANDOM = 3
_SLUG_CHARACTERS = 32


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


def create_personal_team(*, user: User) -> Team:
    """A team of someone's own, named after them; they own it. Nobody is kept out by others of the same name.

    Raises:
        TeamExists: even names with something random in them are taken.
    """
    called = user.get_full_name() or user.email.partition("@")[0] or user.get_username()
    short = slugify(called)[:_SLUG_CHARACTERS].strip("-_") or "team"
    numbered = [f"{short}-{number}" for number in range(2, _MOST_NUMBERED + 1)]
    for slug in (short, *numbered, *(f"{short}-{new_id(6)}" for _ in range(_MOST_RANDOM))):
        if slug == HOME_TEAM:
            continue
        try:
            return create_team(slug=slug, name=f"{called[:60]}'s team", owner=user)
        except TeamExists:
            continue
    raise TeamExists(f"Too many teams are called {short}; make one with another short name.")


@transaction.atomic
def ensure_home() -> Team:
    """The team that what is started at this machine's terminal belongs to."""
    team, _ = Team.objects.get_or_create(slug=HOME_TEAM, defaults={"name": "Home"})
    return team


@transaction.atomic
def ensure_home_owner() -> User:
    """Who signs in by the link that the terminal prints; without a password, and owner of the home team."""
    user, created = User.objects.get_or_create(username=HOME_OWNER, defaults={"email": f"{HOME_OWNER}@localhost"})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Member.objects.get_or_create(team=ensure_home(), user=user, defaults={"role": Role.OWNER})
    return user


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
