"""Gives whoever signs up a team of their own."""

from typing import Any

from allauth.account.signals import user_signed_up

from factory.domain.accounts.models import User
from factory.domain.accounts.services import create_personal_team


def listen() -> None:
    """Hear of people who signed up."""
    user_signed_up.connect(make_team_of_newcomer, dispatch_uid="factory.doors.pages.make_team_of_newcomer")


def make_team_of_newcomer(*, user: User, **_newer: Any) -> None:
    """A team to draw the first pipeline in."""
    create_personal_team(user=user)
