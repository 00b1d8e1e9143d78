"""Hears of usage and charges it, of new teams and opens their wallets; makes the first price list with the database."""

from typing import Any

from django.db import connections, transaction
from django.db.models.signals import post_migrate, post_save

from factory.domain.accounts.models import Team
from factory.domain.billing.charging import charge_usage
from factory.domain.billing.models import PriceList
from factory.domain.billing.prices import FIRST_CPU_HOUR, FIRST_GIB_HOUR, FIRST_LIST_FROM
from factory.domain.billing.services import open_wallet
from factory.domain.metering.signals import usage_recorded
from factory.foundation import clock

_ROOM = "factory.domain.billing"


def listen() -> None:
    """Hear of usage, of teams, and that the tables are there."""
    usage_recorded.connect(charge, dispatch_uid=f"{_ROOM}.charge")
    post_save.connect(open_for_team, sender=Team, dispatch_uid=f"{_ROOM}.open_for_team")
    post_migrate.connect(make_first_prices, dispatch_uid=f"{_ROOM}.make_first_prices")


def charge(*, usage_id: int, **_newer: Any) -> None:
    """Charge what was just recorded."""
    charge_usage(usage_id=usage_id, now=clock.now())


def open_for_team(*, instance: Team, created: bool, raw: bool = False, **_newer: Any) -> None:
    """A new team gets its wallet once it is kept; where that fails, whoever needs one opens it."""
    if created and not raw:
        transaction.on_commit(lambda: _open(instance), robust=True)


def make_first_prices(*, sender: Any, using: str, **_newer: Any) -> None:
    """Prices to begin with, once a database."""
    is_there = PriceList._meta.db_table in connections[using].introspection.table_names()
    if sender.name != _ROOM or not is_there:
        return
    PriceList.objects.using(using).get_or_create(
        effective_from=FIRST_LIST_FROM,
        defaults={"cpu_hour_micros": FIRST_CPU_HOUR, "gib_hour_micros": FIRST_GIB_HOUR, "note": "Built in"},
    )


def _open(team: Team) -> None:
    open_wallet(team=team, now=clock.now())
