"""The verbs of API tokens: make one, which is shown once, find whom one lets in, and revoke it."""

import datetime
from collections.abc import Collection
from typing import ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet

from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import ApiToken
from factory.domain.accounts.policy import Action
from factory.domain.accounts.services import lock_team_for
from factory.domain.accounts.token_text import digest_of, is_well_formed, new_token, shown_part
from factory.foundation.errors import UserError

PREFIX = "mpf_"
SCANNING_PATTERN = r"mpf_[0-9A-Za-z]{38}"
"""What finds a token in text that should hold none; for scanners of code and logs."""
SCOPES = tuple(action for action in Action if action is not Action.OWN)
"""What a token can be for; the team itself is for people alone."""
MOST_TOKENS = 50
"""Of one person in one team that hold; revoked and expired ones are kept beside, as many again."""
MOST_NAME_CHARACTERS = 60
LONGEST_LIFE = datetime.timedelta(days=3660)
_USE_NOTED_EVERY = datetime.timedelta(minutes=1)


class ApiTokenRefused(UserError):
    """The token cannot be made as asked."""

    id: ClassVar[str] = "accounts:user:token-refused"


class ApiTokenUnknown(UserError):
    """There is no such token."""

    id: ClassVar[str] = "accounts:user:token-unknown"


@transaction.atomic
def make_api_token(
    *,
    membership: Membership,
    name: str,
    scopes: Collection[Action],
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token for what a person may do in a team, and what it says: nobody can read that again.

    Args:
        scopes: which of `SCOPES` it is for, none that the person may not do.
        expires_at: when it ends; never where None.

    Raises:
        ApiTokenRefused: the name, the scopes or the end cannot be, or there are too many.
        NoLongerAllowed: they are a member no more.
    """
    membership = lock_team_for(membership, None)
    chosen = name.strip()
    if not 0 < len(chosen) <= MOST_NAME_CHARACTERS or not chosen.isprintable():
        raise ApiTokenRefused(f"Name the token with 1 to {MOST_NAME_CHARACTERS} characters on one line.")
    if Action.OWN in scopes:
        raise ApiTokenRefused("No token is for the team itself: owners do that on the site. Leave out the scope own.")
    beyond = [scope.value for scope in scopes if not membership.may(scope)]
    if beyond or not scopes:
        reason = f"your role does not allow {', '.join(beyond)}" if beyond else "it has no scope"
        raise ApiTokenRefused(f"The token cannot be made: {reason}. Choose what it is for among what you may do.")
    if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
        raise ApiTokenRefused("The token's end must lie in the future, within ten years; choose another day.")
    _make_room(membership, now)
    text = new_token(PREFIX)
    row = ApiToken.objects.create(
        team=membership.team,
        user=membership.user,
        name=chosen,
        prefix=shown_part(text, PREFIX),
        digest=digest_of(text),
        scopes=sorted(scope.value for scope in set(scopes)),
        made_at=now,
        expires_at=expires_at,
    )
    _record(row, "token.made", membership, now)
    return row, text


def tokens_of(*, membership: Membership) -> QuerySet[ApiToken]:
    """The tokens that were not revoked, the newest first: of the whole team for who administers it, else one's own."""
    found = ApiToken.objects.filter(team=membership.team, revoked_at=None).select_related("user")
    if not membership.may(Action.ADMINISTER):
        found = found.filter(user=membership.user)
    return found.order_by("-made_at", "-pk")


@transaction.atomic
def revoke_api_token(*, membership: Membership, token_id: str, now: datetime.datetime) -> None:
    """Let a token do nothing more, at once.

    Raises:
        ApiTokenUnknown: there is none that this person may revoke, or it was revoked before.
    """
    row = tokens_of(membership=membership).filter(pk=token_id).first()
    if row is None or ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=now) != 1:
        raise ApiTokenUnknown("There is no such token; list them and choose one.")
    _record(row, "token.revoked", membership, now)


def token_of(*, text: str, now: datetime.datetime) -> ApiToken | None:
    """The token that a program sent, with its person; None where it is none or holds no more.

    What cannot be a token costs no query. Its last use is noted at most once a minute.
    """
    if not is_well_formed(text, PREFIX):
        return None
    held = ApiToken.objects.filter(
        digest=digest_of(text), revoked_at=None, user__is_active=True, team__archived_at=None
    )
    row = held.select_related("user").first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.last_used_at is None or row.last_used_at <= now - _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row


def _make_room(membership: Membership, now: datetime.datetime) -> None:
    rows = ApiToken.objects.filter(team=membership.team, user=membership.user)
    dead = Q(revoked_at__isnull=False) | Q(expires_at__lte=now)
    if rows.exclude(dead).count() >= MOST_TOKENS:
        raise ApiTokenRefused(f"You have {MOST_TOKENS} tokens in this team already; revoke one that nothing uses.")
    oldest = rows.filter(dead).order_by("-made_at").values_list("pk", flat=True)[MOST_TOKENS:]
    rows.filter(pk__in=list(oldest)).delete()


def _record(row: ApiToken, action: str, membership: Membership, now: datetime.datetime) -> None:
    details = {"prefix": row.prefix, "scopes": row.scopes, "of": row.user.email}
    audit.record(team=row.team, actor=membership.user, action=action, subject=row.name, now=now, details=details)
