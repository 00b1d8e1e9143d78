"""Credit to try, once a person: whoever founds one team after another gets no more of it."""

import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.billing.ledger import account, find_entry, post_entry
from factory.domain.billing.models import AccountKind, EntryKind


def give_trial(*, team: Team, now: datetime.datetime) -> None:
    """Give a team that was just made the credit to try, unless its founder had theirs with another team."""
    trial, key = settings.FACTORY_TRIAL_CREDIT, _key(team)
    if not trial or find_entry(key) is not None:
        return
    lines = [(account(AccountKind.CREDIT, team), trial), (account(AccountKind.TRIALS), -trial)]
    try:
        with transaction.atomic():
            post_entry(key=key, kind=EntryKind.TRIAL, at=now, note="Credit to try", lines=lines)
    except IntegrityError:
        # Another team of theirs is opened at the same moment, and was first.
        if find_entry(key) is None:
            raise


def had_trial(*, user: User) -> bool:
    """Whether further teams of theirs begin without credit."""
    return find_entry(_key_of(user.pk)) is not None


def _key(team: Team) -> str:
    """A team that nobody owns was made by the operator, who knows what they do."""
    owners = Member.objects.filter(team=team, role=Role.OWNER).order_by("pk")
    founder = owners.values_list("user", flat=True).first()
    return f"trial:{team.pk}" if founder is None else _key_of(founder)


def _key_of(person: int) -> str:
    return f"trial:person:{person}"
