"""Who did what, in the order in which it happened: rows that are only added, each sealed by the one before it."""

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import ApiToken, AuditEvent, Team, User
from factory.domain.accounts.selectors import name_of
from factory.foundation.errors import TemporaryError

MOST_TRIES = 20
MOST_DETAILS_CHARACTERS = 4000
MOST_TOLD = 20
"""Broken places that a check tells of."""
MOST_ACTORS = 500
"""Whom a filter offers."""
_NO_TEAM = 0


class AuditBusy(TemporaryError):
    """So much is done in one team at once that its log found no place for this."""

    id: ClassVar[str] = "accounts:ours:audit-busy"


@transaction.atomic
def record(
    *,
    team: Team | None,
    actor: User | None,
    action: str,
    subject: str,
    now: datetime.datetime,
    details: dict[str, Any] | None = None,
    token: ApiToken | None = None,
) -> AuditEvent:
    """Write down that something was done; in the transaction that does it, so that neither is without the other.

    Args:
        team: in which; None for what people do to their own accounts, and operators to the installation.
        actor: who did it; None for the house itself.
        action: a dotted verb, such as `member.invited`.
        subject: to what, as people call it.
        details: plain values that say more; never a secret.
        token: by which the API was asked.

    Raises:
        AuditBusy: others wrote all the time.
    """
    event = AuditEvent(
        team=team,
        chain=team.pk if team is not None else _NO_TEAM,
        actor=actor,
        actor_name=name_of(actor)[:300] if actor is not None else "",
        token_prefix=token.prefix if token is not None else "",
        action=action,
        subject=subject[:300],
        details=_bounded(details or {}),
        at=now,
    )
    _take_turn(event.chain)
    for _ in range(MOST_TRIES):
        last = AuditEvent.objects.filter(chain=event.chain).order_by("-number").first()
        event.number = last.number + 1 if last is not None else 1
        event.previous = last.digest if last is not None else ""
        event.digest = digest_of(event)
        try:
            # Where nobody takes turns the unique number decides, and who lost takes the next.
            with transaction.atomic():
                event.save()
        except IntegrityError:
            event.pk = None
            continue
        return event
    raise AuditBusy("Too much is done in this team at once; try again in a moment.")


def record_by(
    *, by: Membership | None, action: str, subject: str, now: datetime.datetime, details: dict[str, Any] | None = None
) -> None:
    """As `record`, of what a member did in their team; nothing where the house itself did it."""
    if by is not None:
        record(team=by.team, actor=by.user, action=action, subject=subject, now=now, details=details, token=by.token)


def said_since(*, by: Membership, action: str, details: dict[str, Any], since: datetime.datetime) -> bool:
    """Whether the newest event of the member's team says the same of them, not before this time."""
    last = AuditEvent.objects.filter(chain=by.team.pk).order_by("-number").first()
    return (
        last is not None
        and (last.action, last.actor_id, last.details) == (action, by.user.pk, _bounded(details))
        and last.at >= since
    )


def events_of(*, team: Team, action: str = "", actor: int | None = None) -> QuerySet[AuditEvent]:
    """What was done in a team, the newest first; of one kind (`member` or `member.invited`) or by one person.

    Args:
        actor: the person's key; 0 for what the house itself did, None for everybody.
    """
    found = AuditEvent.objects.filter(chain=team.pk).select_related("actor").order_by("-number")
    if action:
        found = found.filter(action__startswith=action)
    return found if actor is None else found.filter(actor_id=actor or None)


def actors_of(*, team: Team) -> list[tuple[int, str]]:
    """Keys and names of those who did something in a team, by name, as they were called last; 0 is the house itself."""
    rows = AuditEvent.objects.filter(chain=team.pk).values("actor").annotate(last=Max("number")).values("last")
    last = AuditEvent.objects.filter(chain=team.pk, number__in=rows).values_list("actor", "actor_name")
    return sorted(((key or 0, name) for key, name in last[:MOST_ACTORS]), key=lambda actor: actor[1].lower())


def events_by(*, user: User) -> QuerySet[AuditEvent]:
    """What someone did to their own account, the newest first."""
    return AuditEvent.objects.filter(chain=_NO_TEAM, actor=user).order_by("-number")


def newest_of_each() -> Iterator[AuditEvent]:
    """The last event of each log there is, with its team; the log of what belongs to none comes first."""
    last = AuditEvent.objects.filter(chain=OuterRef("chain")).order_by("-number").values("pk")[:1]
    rows = AuditEvent.objects.filter(pk=Subquery(last)).select_related("team").order_by("chain")
    return iter(rows.iterator(chunk_size=500))


def broken_places(*, chain: int) -> list[str]:
    """Where a log is not as it was written, in words; nothing where all of it holds. Reads it once, piece by piece."""
    found: list[str] = []
    previous, expected = "", 1
    for event in AuditEvent.objects.filter(chain=chain).order_by("number").iterator(chunk_size=500):
        if event.number != expected:
            found.append(f"{event.number - expected} events are missing before event {event.number}")
        if event.previous != previous or event.digest != digest_of(event):
            found.append(f"event {event.number} ({event.action}) is not as it was written")
        previous, expected = event.digest, event.number + 1
        if len(found) >= MOST_TOLD:
            break
    return found


def digest_of(event: AuditEvent) -> str:
    """The SHA-256 over what an event says and the event before it, in hexadecimal."""
    said = [
        event.previous,
        event.chain,
        event.number,
        event.actor_id,
        event.actor_name,
        event.token_prefix,
        event.action,
        event.subject,
        event.details,
        event.at.astimezone(datetime.UTC).isoformat(),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _take_turn(chain: int) -> None:
    # By the unique number alone each commit would let one of many waiters by, and the last of them give up.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{chain}"])


def _bounded(details: dict[str, Any]) -> dict[str, Any]:
    """As JSON has them, so that they hash alike once they were stored; what is too long is left out, and it is said."""
    plain: dict[str, Any] = json.loads(json.dumps(details, default=str))
    return plain if len(json.dumps(plain)) <= MOST_DETAILS_CHARACTERS else {"left_out": "the details are too long"}
