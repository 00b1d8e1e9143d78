"""Hears of addresses that are confirmed: who they belong to gets a team, and nobody else keeps a way in."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.http import HttpRequest

from factory.domain.accounts.people import forget_password
from factory.domain.accounts.selectors import teams_of
from factory.domain.accounts.services import create_personal_team


def listen() -> None:
    """Hear of them: before that, nobody who only types addresses in gets anything."""
    for hear in (make_team_of_newcomer, forget_strangers_password):
        email_confirmed.connect(hear, dispatch_uid=f"factory.doors.pages.{hear.__name__}")


def make_team_of_newcomer(*, email_address: EmailAddress, **_newer: Any) -> None:
    """A team to draw the first pipeline in; none for who is in one and only has a new address."""
    if not teams_of(user=email_address.user).exists():
        create_personal_team(user=email_address.user)


def forget_strangers_password(*, request: HttpRequest, email_address: EmailAddress, **_newer: Any) -> None:
    """Someone may have signed up with another's address and wait until its owner comes in by a mailed code.

    Whoever confirms in this way has shown that the mailbox is theirs, and nothing about the password.
    """
    if request.user.is_authenticated:
        return
    ways = {record.get("method") for record in get_authentication_records(request, email_address.user)}
    if "code" in ways and "password" not in ways:
        forget_password(user=email_address.user)
