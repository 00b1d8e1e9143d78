"""What the installation's operators say of people: who is one of them, and who is let in at all."""

import datetime
from typing import ClassVar

from django.db import transaction

from factory.domain.accounts import audit
from factory.domain.accounts.models import User
from factory.domain.accounts.selectors import name_of
from factory.foundation.errors import UserError


class LastOperator(UserError):
    """The change would leave the installation without anybody who operates it."""

    id: ClassVar[str] = "accounts:user:last-operator"


@transaction.atomic
def set_staff(*, user: User, staff: bool, by: User | None, now: datetime.datetime) -> User:
    """Make someone an operator of the installation, or one no longer; what is so already is fine.

    Raises:
        LastOperator: nobody would be one.
    """
    locked = _lock(user)
    if locked.is_staff is not staff:
        if not staff:
            _require_another(locked)
        locked.is_staff = staff
        locked.save(update_fields=["is_staff"])
        _record(locked, "operator.made" if staff else "operator.ended", by, now)
    return locked


@transaction.atomic
def set_active(*, user: User, active: bool, by: User | None, now: datetime.datetime) -> User:
    """Block someone, whose sessions and tokens then open nothing, or let them in again.

    Raises:
        LastOperator: nobody who operates the installation would be let in.
    """
    locked = _lock(user)
    if locked.is_active is not active:
        if not active:
            _require_another(locked)
        locked.is_active = active
        locked.save(update_fields=["is_active"])
        _record(locked, "person.let_in" if active else "person.blocked", by, now)
    return locked


def _lock(user: User) -> User:
    # All operators, in one order: two who end each other at the same moment must not both succeed.
    list(User.objects.select_for_update(no_key=True).filter(is_staff=True).order_by("pk").values_list("pk"))
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _require_another(user: User) -> None:
    others = User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk)
    if user.is_staff and not others.exists():
        raise LastOperator(f"{name_of(user)} is the last operator; make someone else one first.")


def _record(user: User, action: str, by: User | None, now: datetime.datetime) -> None:
    audit.record(team=None, actor=by, action=action, subject=name_of(user), now=now)
