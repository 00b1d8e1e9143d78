"""Asking someone to become a member: by a link in their mail, which is theirs alone and holds for a week."""

import datetime
import enum
from collections.abc import Collection
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Invitation, Member, User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import lock_team, lock_team_for, set_role
from factory.domain.accounts.token_text import digest_of, is_well_formed, new_token
from factory.foundation.errors import UserError

PREFIX = "mpi_"
MOST_ADDRESS_CHARACTERS = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
LIFETIME = datetime.timedelta(days=7)
MOST_WAITING = 100
"""Invitations of one team that nobody has answered yet."""
MOST_A_DAY = 200
"""That one person sends, in whatever teams."""
MOST_TO_ONE_A_DAY = 10
"""Of these to one address: each is a mail that nobody there has asked for."""
_DAY = datetime.timedelta(days=1)


class InvitationRefused(UserError):
    """The invitation cannot be made as asked."""

    id: ClassVar[str] = "accounts:user:invitation-refused"


class InvitationUnknown(UserError):
    """There is no such invitation that still waits."""

    id: ClassVar[str] = "accounts:user:invitation-unknown"


class InvitationForAnother(UserError):
    """It was sent to another address than those of who wants to accept it."""

    id: ClassVar[str] = "accounts:user:invitation-for-another"


class Standing(enum.StrEnum):
    """What became of an invitation."""

    WAITING = "waiting"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@transaction.atomic
def invite(*, by: Membership, email: str, role: Role, now: datetime.datetime) -> tuple[Invitation, str]:
    """Ask someone to become a member; an older invitation to them that waits is withdrawn, and its link with it.

    Returns:
        The invitation, and what makes its link; nobody can read that again.

    Raises:
        InvitationRefused: the address is none or is a member's, too many wait, or they sent too many.
        NoLongerAllowed: who asks administers the team no more.
    """
    address = email.strip()
    _check_address(address)
    by = lock_team_for(by, Action.ADMINISTER)
    if role is Role.OWNER and not by.may(Action.OWN):
        raise InvitationRefused("Only an owner can invite another owner; choose another role.")
    if Member.objects.filter(team=by.team, user__email__iexact=address).exists():
        raise InvitationRefused(f"{address} is a member already; change the role instead.")
    _require_few(by, address, now)
    waiting = Invitation.objects.filter(team=by.team, accepted_at=None, declined_at=None, withdrawn_at=None)
    waiting.filter(email__iexact=address).update(withdrawn_at=now)
    if waiting.filter(expires_at__gt=now).count() >= MOST_WAITING:
        raise InvitationRefused(f"{MOST_WAITING} invitations wait for an answer; withdraw some of them first.")
    text = new_token(PREFIX)
    made = Invitation.objects.create(
        team=by.team,
        email=address,
        role=role.value,
        digest=digest_of(text),
        invited_by=by.user,
        invited_at=now,
        expires_at=now + LIFETIME,
    )
    details = {"role": role.value}
    audit.record(
        team=by.team, actor=by.user, action="member.invited", subject=address, now=now, details=details, token=by.token
    )
    return made, text


def invitations_of(*, by: Membership) -> QuerySet[Invitation]:
    """Those of a team that nobody has answered yet, expired ones among them, the newest first."""
    waiting = Invitation.objects.filter(team=by.team, accepted_at=None, declined_at=None, withdrawn_at=None)
    return waiting.select_related("invited_by").order_by("-invited_at", "-pk")


def invitation_of(*, text: str) -> Invitation | None:
    """The invitation that a link is of, whatever became of it; None where it is none."""
    if not is_well_formed(text, PREFIX):
        return None
    found = Invitation.objects.filter(digest=digest_of(text), team__archived_at=None)
    return found.select_related("team", "invited_by").first()


def standing_of(*, invitation: Invitation, now: datetime.datetime) -> Standing:
    """What became of it."""
    if invitation.accepted_at is not None:
        return Standing.ACCEPTED
    if invitation.declined_at is not None:
        return Standing.DECLINED
    if invitation.withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.EXPIRED if invitation.expires_at <= now else Standing.WAITING


@transaction.atomic
def withdraw(*, by: Membership, invitation_id: str, now: datetime.datetime) -> None:
    """Its link leads nowhere any more.

    Raises:
        InvitationUnknown: the team has none of this id that waits.
        NoLongerAllowed: who asks administers the team no more.
    """
    by = lock_team_for(by, Action.ADMINISTER)
    found = invitations_of(by=by).filter(pk=invitation_id).first()
    if found is None or not _answer(found, withdrawn_at=now):
        raise InvitationUnknown("There is no such invitation; list them and choose one.")
    audit.record(
        team=by.team, actor=by.user, action="invitation.withdrawn", subject=found.email, now=now, token=by.token
    )


@transaction.atomic
def accept(*, text: str, user: User, addresses: Collection[str], now: datetime.datetime) -> tuple[Member, bool]:
    """Become a member; the link is used up.

    Args:
        addresses: the e-mail addresses that are proved to be this person's.

    Returns:
        The member, and whether they became one: who is one already keeps the role that they have.

    Raises:
        InvitationUnknown: the link is none, expired or used.
        InvitationForAnother: none of the addresses is the invited one.
    """
    found = _waiting(text, now)
    if found.email.lower() not in {address.lower() for address in addresses}:
        raise InvitationForAnother(f"This invitation is for {found.email}; change your account to that address first.")
    lock_team(found.team)
    if not _answer(found, accepted_at=now, accepted_by=user):
        raise _gone()
    was_one = Member.objects.filter(team=found.team, user=user).select_related("team").first()
    member = was_one or set_role(team=found.team, user=user, role=Role(found.role), now=now)
    action = "invitation.accepted" if was_one else "member.joined"
    details = {"role": member.role, "invited_by": found.invited_by.email if found.invited_by else ""}
    audit.record(team=found.team, actor=user, action=action, subject=found.email, now=now, details=details)
    return member, was_one is None


@transaction.atomic
def decline(*, text: str, user: User | None, now: datetime.datetime) -> Invitation:
    """Rather not; whoever has the link may say so.

    Raises:
        InvitationUnknown: the link is none, expired or used.
    """
    found = _waiting(text, now)
    if not _answer(found, declined_at=now):
        raise _gone()
    audit.record(team=found.team, actor=user, action="invitation.declined", subject=found.email, now=now)
    return found


def _require_few(by: Membership, address: str, now: datetime.datetime) -> None:
    sent = Invitation.objects.filter(invited_by=by.user, invited_at__gt=now - _DAY)
    if sent.count() >= MOST_A_DAY:
        raise InvitationRefused(f"You have sent {MOST_A_DAY} invitations within a day; go on tomorrow.")
    if sent.filter(email__iexact=address).count() >= MOST_TO_ONE_A_DAY:
        raise InvitationRefused(
            f"You have invited {address} {MOST_TO_ONE_A_DAY} times within a day; wait for an answer."
        )


def _check_address(address: str) -> None:
    try:
        validate_email(address[: MOST_ADDRESS_CHARACTERS + 1])
        is_none = len(address) > MOST_ADDRESS_CHARACTERS
    except ValidationError:
        is_none = True
    if is_none:
        raise InvitationRefused("This is no e-mail address; write one such as name@example.org.")


def _waiting(text: str, now: datetime.datetime) -> Invitation:
    found = invitation_of(text=text)
    if found is None or standing_of(invitation=found, now=now) is not Standing.WAITING:
        raise _gone()
    return found


def _answer(invitation: Invitation, **answer: object) -> bool:
    """Of two answers at once one counts."""
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, declined_at=None, withdrawn_at=None)
    return waiting.update(**answer) == 1


def _gone() -> InvitationUnknown:
    return InvitationUnknown("This invitation cannot be used any more; ask who sent it for another.")
