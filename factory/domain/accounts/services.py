"""The verbs of accounts: make a team, take a member in, change a role, let a member go."""

import dataclasses
import datetime
import re
from typing import ClassVar

from django.db import transaction
from django.utils.text import slugify

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import ApiToken, Invitation, Member, Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import role_of
from factory.foundation import clock
from factory.foundation.errors import UserError
from factory.foundation.ids import new_id

HOME_TEAM = "home"
HOME_OWNER = "operator"
_MOST_NUMBERED = 9
_MOST_RANDOM = 3
_SLUG_CHARACTERS = 32
MOST_NAME_CHARACTERS = 80
MOST_TEAMS = 20
"""That one person may make."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
RESERVED = frozenset({"new", "own"})
"""Words that stand where a slug does in addresses."""


class TeamExists(UserError):
    """The slug is taken."""

    id: ClassVar[str] = "accounts:user:team-exists"


class TeamRefused(UserError):
    """The team cannot be made or named as asked."""

    id: ClassVar[str] = "accounts:user:team-refused"


class LastOwner(UserError):
    """The change would leave a team without an owner."""

    id: ClassVar[str] = "accounts:user:last-owner"


class NoLongerAllowed(UserError):
    """Who asks was let go, or became less, between the question and the deed."""

    id: ClassVar[str] = "accounts:user:no-longer-allowed"


@transaction.atomic
def create_team(*, slug: str, name: str, owner: User | None = None) -> Team:
    """A new team; without an owner where it belongs to the installation itself.

    Raises:
        TeamExists: the slug is taken.
    """
    team, created = Team.objects.get_or_create(slug=slug, defaults={"name": name})
    if not created or slug in RESERVED:
        raise TeamExists(f"A team {slug} exists already; choose another short name.")
    if owner is not None:
        Member.objects.create(team=team, user=owner, role=Role.OWNER, joined_at=clock.now())
    return team


@transaction.atomic
def found_team(*, user: User, name: str, slug: str, now: datetime.datetime) -> Team:
    """A further team that someone makes and owns.

    Raises:
        TeamRefused: the name or the short name cannot be one, or they have made too many.
        TeamExists: the short name is taken.
    """
    called, short = checked_name(name), slug.strip().lower() or slugify(name)[:_SLUG_CHARACTERS].strip("-_")
    if short == HOME_TEAM:
        raise TeamExists(f"A team {short} belongs to the installation; choose another short name.")
    if not _SLUG.fullmatch(short):
        raise TeamRefused("The short name is 2 to 40 of a-z, 0-9 and -, a letter or digit first; write another.")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Member.objects.filter(user=user, role=Role.OWNER, team__archived_at=None).count() >= MOST_TEAMS:
        raise TeamRefused(f"You own {MOST_TEAMS} teams already; archive one that nobody needs.")
    team = create_team(slug=short, name=called, owner=user)
    audit.record(team=team, actor=user, action="team.made", subject=team.slug, now=now)
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
        if slug == HOME_TEAM or slug in RESERVED:
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
    email = f"{HOME_OWNER}@localhost"
    # Anybody may type this address in where people sign up; it must not keep the operator out of their own site.
    is_taken = User.objects.filter(email__iexact=email).exists()
    user, created = User.objects.get_or_create(username=HOME_OWNER, defaults={"email": "" if is_taken else email})
    if created:
        user.set_unusable_password()
    if created or not user.is_staff:
        # Whoever has this machine's terminal operates the installation.
        user.is_staff = True
        user.save(update_fields=["password", "is_staff"])
    Member.objects.get_or_create(team=ensure_home(), user=user, defaults={"role": Role.OWNER})
    return user


def lock_team(team: Team) -> None:
    """Wait until nobody else changes who is in a team; everyone locks it first, so that nobody waits in a circle."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def lock_team_for(by: Membership, action: Action | None) -> Membership:
    """As `lock_team`, and who asks as they are now: until it was their turn others may have changed their role.

    Args:
        action: what they are about to do; None where being a member is enough.

    Raises:
        NoLongerAllowed: they may no longer do it.
    """
    lock_team(by.team)
    role = role_of(user=by.user, team=by.team)
    renewed = dataclasses.replace(by, role=role) if role is not None else None
    if renewed is None or not (action is None or renewed.may(action)):
        raise NoLongerAllowed("Your role in the team has changed meanwhile and does not allow this; look at it anew.")
    return renewed


@transaction.atomic
def set_role(*, team: Team, user: User, role: Role, now: datetime.datetime | None = None) -> Member:
    """Make someone a member, or change the role of one; invitations of theirs that are beyond it end.

    Args:
        now: since when they are, where they become one.

    Raises:
        LastOwner: the last owner would no longer be one.
    """
    lock_team(team)
    member = Member.objects.filter(team=team, user=user).first()
    if member is None:
        return Member.objects.create(team=team, user=user, role=role, joined_at=now)
    if role is not Role.OWNER:
        _require_another_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    _withdraw_beyond(member, role, now or clock.now())
    return member


@transaction.atomic
def remove_member(*, team: Team, user: User, now: datetime.datetime | None = None) -> None:
    """Let a member go, and end their API tokens and invitations; someone who is none is fine.

    Raises:
        LastOwner: the team would be without an owner.
    """
    lock_team(team)
    member = Member.objects.filter(team=team, user=user).first()
    if member is not None:
        _require_another_owner(member)
        _withdraw_beyond(member, None, now or clock.now())
        member.delete()
        ApiToken.objects.filter(team=team, user=user, revoked_at=None).update(revoked_at=now or clock.now())


def checked_name(name: str) -> str:
    """A team's name, tidied.

    Raises:
        TeamRefused: it is empty, too long or not printable.
    """
    tidied = " ".join(name.split())
    if not 0 < len(tidied) <= MOST_NAME_CHARACTERS or not tidied.isprintable():
        raise TeamRefused(f"Name the team with 1 to {MOST_NAME_CHARACTERS} characters.")
    return tidied


def _withdraw_beyond(member: Member, role: Role | None, now: datetime.datetime) -> None:
    """End what they asked others into and could not ask any more: else they come back by an address of their own."""
    sent = Invitation.objects.filter(team=member.team, invited_by=member.user)
    waiting = sent.filter(accepted_at=None, declined_at=None, withdrawn_at=None)
    if role is not None and may(role, Action.ADMINISTER):
        waiting = waiting.none() if may(role, Action.OWN) else waiting.filter(role=Role.OWNER)
    waiting.update(withdrawn_at=now)


def _require_another_owner(member: Member) -> None:
    others = Member.objects.filter(team=member.team, role=Role.OWNER, user__is_active=True).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner(f"{member.user} is the last owner of {member.team}; make someone else owner first.")
