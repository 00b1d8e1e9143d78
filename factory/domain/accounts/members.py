"""What members do with one another: change a role, let someone go, leave. Owners are changed by owners alone."""

import datetime
from typing import ClassVar

from django.db import transaction

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Member
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import checked_name, lock_team, lock_team_for, remove_member, set_role
from factory.foundation.errors import UserError


class MemberUnknown(UserError):
    """The team has no such member."""

    id: ClassVar[str] = "accounts:user:member-unknown"


class OwnersAlone(UserError):
    """What was asked for concerns an owner, and who asks is none."""

    id: ClassVar[str] = "accounts:user:owners-alone"


@transaction.atomic
def change_role(*, by: Membership, user_id: int, role: Role, now: datetime.datetime) -> Member:
    """Give a member another role; at once in force, wherever they look.

    Raises:
        MemberUnknown: they are none.
        OwnersAlone: someone becomes an owner or is one, and who asks is none.
        LastOwner: the team would be without an owner.
        NoLongerAllowed: who asks administers the team no more.
    """
    by = lock_team_for(by, Action.ADMINISTER)
    member = _member(by, user_id)
    old = Role(member.role)
    _require_owner(by, old, role)
    if old is role:
        return member
    changed = set_role(team=by.team, user=member.user, role=role, now=now)
    details = {"from": old.value, "to": role.value}
    _record(by, "member.role_changed", member, details, now)
    return changed


@transaction.atomic
def let_go(*, by: Membership, user_id: int, now: datetime.datetime) -> None:
    """Someone is a member no longer, by another's will or their own; their API tokens of the team end with it.

    Raises:
        MemberUnknown: they are none.
        OwnersAlone: they are an owner, and who asks is none.
        LastOwner: the team would be without an owner.
        NoLongerAllowed: who asks administers the team no more.
    """
    leaves = user_id == by.user.pk
    if leaves:
        lock_team(by.team)
    else:
        by = lock_team_for(by, Action.ADMINISTER)
    member = _member(by, user_id)
    if not leaves:
        _require_owner(by, Role(member.role))
    remove_member(team=by.team, user=member.user, now=now)
    _record(by, "member.left" if leaves else "member.removed", member, {"role": member.role}, now)


@transaction.atomic
def rename_team(*, by: Membership, name: str, now: datetime.datetime) -> None:
    """Call a team otherwise; its addresses stay.

    Raises:
        TeamRefused: the name cannot be one.
        NoLongerAllowed: who asks is no owner any more.
    """
    lock_team_for(by, Action.OWN)
    old, by.team.name = by.team.name, checked_name(name)
    by.team.save(update_fields=["name"])
    details = {"from": old, "to": by.team.name}
    audit.record(team=by.team, actor=by.user, action="team.renamed", subject=by.team.slug, now=now, details=details)


def may_change(*, by: Membership, member: Member) -> bool:
    """Whether someone may change or remove this member; leaving is another matter."""
    is_owner = Role(member.role) is Role.OWNER
    return by.may(Action.OWN if is_owner else Action.ADMINISTER)


def _member(by: Membership, user_id: int) -> Member:
    found = Member.objects.filter(team=by.team, user_id=user_id).select_related("user").first()
    if found is None:
        raise MemberUnknown("The team has no such member; list them and choose one.")
    return found


def _require_owner(by: Membership, *roles: Role) -> None:
    if Role.OWNER in roles and not by.may(Action.OWN):
        raise OwnersAlone("Only an owner can make owners and change them; ask one of them.")


def _record(by: Membership, action: str, member: Member, details: dict[str, str], now: datetime.datetime) -> None:
    who = member.user.email or member.user.get_username()
    audit.record(team=by.team, actor=by.user, action=action, subject=who, now=now, details=details, token=by.token)
