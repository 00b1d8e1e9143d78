"""What concerned the safety of somebody's account, written down for them and told in words."""

import dataclasses
import datetime
import logging
from typing import Any

from factory.domain.accounts.audit import AuditBusy, events_by, record
from factory.domain.accounts.models import User

_log = logging.getLogger(__name__)

MOST_SHOWN = 30
WORDS = {
    "account.signed_up": "You signed up",
    "account.signed_in": "Signed in by {by}",
    "account.signed_out": "Signed out",
    "account.sign_in_failed": "Somebody gave a wrong password",
    "account.code_rejected": "Somebody gave a wrong code from a mail",
    "account.email_confirmed": "{subject} was confirmed",
    "account.email_changed": "The address was changed from {from} to {subject}",
    "account.password_changed": "The password was changed",
    "account.password_set": "The account was given a password",
    "account.password_reset": "The password was changed by a link from a mail",
    "account.factor_added": "Added: {subject}",
    "account.factor_removed": "Removed: {subject}",
    "account.factor_reset": "Made anew: {subject}",
    "account.factor_rejected": "Somebody gave a wrong code in the second step",
    "account.session_ended": "Another session was signed out: {subject}",
    "account.sessions_ended": "Signed out everywhere else: {subject}",
}
"""Each action in words; what stands in braces comes from the event."""
ALARMING = frozenset({"account.sign_in_failed", "account.code_rejected", "account.factor_rejected"})


@dataclasses.dataclass(frozen=True)
class SecurityEvent:
    """One event as its person reads it; `origin` is the device and its address, empty where nobody knows them."""

    at: datetime.datetime
    words: str
    origin: str
    is_alarming: bool


def note_event(
    *,
    user: User,
    action: str,
    subject: str,
    now: datetime.datetime,
    origin: dict[str, str],
    details: dict[str, Any] | None = None,
) -> None:
    """Write one down, in the audit log of no team. Nobody is kept out because others sign in at the same moment.

    Args:
        user: whose account it concerns.
        action: one of `WORDS`.
        subject: what it was done to, in words.
        now: when.
        origin: `device` and `ip` of who did it, as far as they are known.
        details: what else their owner may want to know; nothing that is secret.
    """
    try:
        record(team=None, actor=user, action=action, subject=subject, now=now, details={**(details or {}), **origin})
    except AuditBusy:
        _log.exception("%s of %s is not in the audit log", action, user.pk)


def describe(*, action: str, subject: str, at: datetime.datetime, details: dict[str, Any]) -> SecurityEvent:
    """An event in words; one that nobody here knows, by its name."""
    words = WORDS.get(action, action).format_map({"by": "", "from": "", **details, "subject": subject})
    origin = ", ".join(str(details[name]) for name in ("device", "ip") if details.get(name))
    return SecurityEvent(at, words.removesuffix(" by "), origin, action in ALARMING)


def recent_events(*, user: User) -> list[SecurityEvent]:
    """The newest first, a page of them."""
    return [
        describe(action=event.action, subject=event.subject, at=event.at, details=event.details)
        for event in events_by(user=user).filter(action__startswith="account.")[:MOST_SHOWN]
    ]
