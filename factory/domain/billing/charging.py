"""Charges what ran, once: the entry, the team's wallet, the sums of the day and of the run, and what was set aside."""

import datetime
import logging

from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from factory.domain.accounts import audit
from factory.domain.accounts.models import Team, User
from factory.domain.billing.calendar import day_of, month_of
from factory.domain.billing.ledger import account, find_entry, lock_wallet, mirror_of, post_entry
from factory.domain.billing.models import AccountKind, EntryKind, JournalEntry, RunUsage, UsageDay, Wallet
from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.prices import rate_of
from factory.domain.billing.reservations import use_reserved
from factory.domain.billing.services import LONGEST_NOTE, name_of, open_wallet
from factory.domain.metering.models import InstanceUsage, OpenUsage
from factory.foundation.faults import fault_point

MOST_AT_ONCE = 500

logger = logging.getLogger(__name__)


@transaction.atomic
def charge_usage(*, usage_id: int, now: datetime.datetime) -> JournalEntry:
    """Charge one row of usage at the prices in force when it started; charged before, it stays as it is.

    Raises:
        PriceMissing: no price list was in force.
        InstanceUsage.DoesNotExist: there is none of this id.
    """
    usage = InstanceUsage.objects.select_related("team").get(pk=usage_id)
    open_wallet(team=usage.team, now=now)
    lock_wallet(usage.team_id)
    entry = find_entry(f"usage:{usage_id}")
    if entry is None:
        per_hour = rate_of(usage.component, usage.cpu_millis, usage.memory_mib, usage.started_at)
        amount = amount_of(usage.milliseconds, per_hour)
        entry = post_entry(
            key=f"usage:{usage_id}",
            kind=EntryKind.USAGE,
            at=now,
            note=f"{usage.component} as {usage.node}, attempt {usage.attempt}",
            lines=[(account(AccountKind.CREDIT, usage.team), -amount), (account(AccountKind.USAGE), amount)],
            usage=usage,
            run_id=usage.run_id,
            per_hour_micros=per_hour,
        )
        _add_to_sums(usage, amount)
        _add_to_month(usage, amount)
        use_reserved(run_id=usage.run_id, amount=amount)
    OpenUsage.objects.filter(usage_id=usage_id).delete()
    fault_point("before_charge_commit")
    return entry


def charge_missed(*, now: datetime.datetime, most: int = MOST_AT_ONCE) -> int:
    """Charge what a lost bell left uncharged, the oldest first, so many at most; returns how many were charged."""
    charged = 0
    for usage_id in list(OpenUsage.objects.order_by("usage_id").values_list("usage_id", flat=True)[:most]):
        try:
            charge_usage(usage_id=usage_id, now=now)
            charged += 1
        except OperationalError:
            raise
        except Exception:
            # One that cannot be charged must not keep the others from it.
            logger.exception("usage %s cannot be charged; it is tried again", usage_id)
    return charged


@transaction.atomic
def reverse_entry(*, entry: JournalEntry, by: User | None, note: str, now: datetime.datetime) -> JournalEntry:
    """Undo an entry by another that mirrors it; both stay. What was used stays used, its price becomes nothing.

    Raises:
        EntryReversed: it was undone before, or undoes another.
    """
    teams = sorted(set(entry.postings.filter(account__team__isnull=False).values_list("account__team_id", flat=True)))
    for team_id in teams:
        lock_wallet(team_id)
    made = post_entry(
        key=f"reversal:{entry.pk}",
        kind=EntryKind.REVERSAL,
        at=now,
        note=note[:LONGEST_NOTE],
        lines=mirror_of(entry),
        reverses=entry,
        run_id=entry.run_id,
        by=name_of(by),
    )
    for team in Team.objects.filter(pk__in=teams):
        details = {"entry": entry.idempotency_key, "note": note[:LONGEST_NOTE]}
        audit.record(team=team, actor=by, action="entry.reversed", subject=str(entry), now=now, details=details)
    if entry.usage is not None:
        amount = amount_of(entry.usage.milliseconds, entry.per_hour_micros or 0)
        _sums_of_day(entry.usage).update(micros=F("micros") - amount)
        RunUsage.objects.filter(run_id=entry.run_id).update(micros=F("micros") - amount)
        same_month = Wallet.objects.filter(team_id=entry.usage.team_id, month=month_of(entry.usage.ended_at))
        same_month.update(spent=F("spent") - amount)
    return made


def _add_to_sums(usage: InstanceUsage, amount: Micros) -> None:
    """Under the wallet's lock, so that two first ones of a day do not meet."""
    more = {
        "instances": F("instances") + 1,
        "milliseconds": F("milliseconds") + usage.milliseconds,
        "micros": F("micros") + amount,
    }
    first = {"instances": 1, "milliseconds": usage.milliseconds, "micros": amount}
    of_team = {"team_id": usage.team_id, "pipeline_id": usage.pipeline_id}
    if not _sums_of_day(usage).update(**more):
        UsageDay.objects.create(**of_team, day=day_of(usage.ended_at), component=usage.component, **first)
    ends = {
        "first_ended_at": Least("first_ended_at", usage.ended_at),
        "last_ended_at": Greatest("last_ended_at", usage.ended_at),
    }
    if not RunUsage.objects.filter(run_id=usage.run_id).update(**more, **ends):
        end = {"first_ended_at": usage.ended_at, "last_ended_at": usage.ended_at}
        RunUsage.objects.create(run_id=usage.run_id, **of_team, **first, **end)


def _add_to_month(usage: InstanceUsage, amount: Micros) -> None:
    """An instance counts for the month in which it ended; that of an earlier month changes nothing today."""
    month = month_of(usage.ended_at)
    mine = Wallet.objects.filter(team_id=usage.team_id)
    mine.filter(month__lt=month).update(month=month, spent=0)
    mine.filter(month=month).update(spent=F("spent") + amount)


def _sums_of_day(usage: InstanceUsage) -> QuerySet[UsageDay]:
    return UsageDay.objects.filter(
        team_id=usage.team_id, day=day_of(usage.ended_at), pipeline_id=usage.pipeline_id, component=usage.component
    )
