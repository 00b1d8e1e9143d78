"""Sets credit aside before a run starts and while it goes on, so that nobody spends what is spent already.

A reservation holds what the run used and nobody charged yet, and one quantum of time ahead. Locked in one order by
everyone: the run, the wallet, the reservation, and the audit log last.
"""

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from factory.domain.billing.calendar import month_of
from factory.domain.billing.ledger import lock_wallet
from factory.domain.billing.models import Reservation, Wallet
from factory.domain.billing.money import Micros, amount_to_set_aside
from factory.domain.billing.refusals import Shortage, say_shortage
from factory.domain.billing.selectors import uncharged
from factory.domain.billing.services import open_wallet
from factory.domain.metering.models import OpenUsage
from factory.domain.runs.models import Instance, Run
from factory.foundation.errors import UserError
from factory.foundation.faults import fault_point


class OutOfCredit(UserError):
    """The team has not enough credit left, or its cap for the month leaves too little."""

    id: ClassVar[str] = "billing:user:out-of-credit"


def quantum() -> datetime.timedelta:
    """How far ahead a run is paid for."""
    return datetime.timedelta(seconds=settings.FACTORY_CREDIT_QUANTUM_SECONDS)


def price_of_quantum(per_hour: Micros) -> Micros:
    """What the time ahead that a run is paid for costs at this price an hour, rounded up."""
    return amount_to_set_aside(_quantum_milliseconds(), per_hour)


def is_due(paid_until: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Whether to renew: half of the quantum is gone. Paid further ahead than that means a clock that was set back."""
    return paid_until is not None and not now + quantum() / 2 < paid_until <= now + 2 * quantum()


@transaction.atomic
def reserve_run(*, run: Run, per_hour: Micros, now: datetime.datetime) -> Reservation:
    """Set aside the first quantum of a run that was just asked for; in the transaction that writes the run.

    Args:
        per_hour: the price of all its nodes together.

    Raises:
        OutOfCredit: there is less than that; the transaction must not be kept.
    """
    open_wallet(team=run.team, now=now)
    amount = price_of_quantum(per_hour)
    if not _take(run.team_id, amount, now):
        wallet = Wallet.objects.get(team_id=run.team_id)
        raise OutOfCredit(_say_refusal(wallet, others=wallet.reserved, used=0, per_hour=per_hour, is_new=True))
    wallet = Wallet.objects.get(team_id=run.team_id)
    if wallet.is_limited:
        _pay_until(run, now + quantum())
    made = Reservation.objects.create(run=run, wallet=wallet, amount=amount, per_hour_micros=per_hour, made_at=now)
    fault_point("before_reserve_commit")
    return made


@transaction.atomic
def renew_run(*, run_id: str, now: datetime.datetime) -> datetime.datetime | None:
    """Set aside the next quantum of a run beside what it used, where that is due.

    Returns:
        Until when it is paid; None where nobody need pay.

    Raises:
        OutOfCredit: there is less than that; what was set aside stays so, the run has to end.
    """
    run = Run.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.run_state.is_over or not is_due(run.paid_until, now):
        return run.paid_until
    open_wallet(team=run.team, now=now)
    wallet = lock_wallet(run.team_id)
    held = Reservation.objects.filter(run=run, released_at=None).first()
    if not wallet.is_limited:
        return _pay_until(run, None)
    if held is None:
        held, _ = Reservation.objects.get_or_create(
            run=run, defaults={"wallet": wallet, "amount": 0, "per_hour_micros": 0, "made_at": now}
        )
    used, per_hour = _used(run_id, held, now)
    needed = used + price_of_quantum(per_hour)
    if not _take(run.team_id, needed - held.amount, now):
        wallet = lock_wallet(run.team_id)
        others = wallet.reserved - held.amount
        raise OutOfCredit(_say_refusal(wallet, others=others, used=used, per_hour=per_hour, is_new=False))
    Reservation.objects.filter(pk=held.pk).update(amount=needed, released_at=None)
    fault_point("before_renewal_commit")
    return _pay_until(run, now + quantum())


def use_reserved(*, run_id: str, amount: Micros) -> None:
    """What was charged need not be held any more; under the wallet's lock."""
    held = Reservation.objects.filter(run_id=run_id, released_at=None).first()
    if held is not None:
        _give_back(held, min(amount, held.amount))


@transaction.atomic
def release_run(*, run_id: str, now: datetime.datetime) -> bool:
    """Give back what is left of a run's reservation, once it is over and all of it is charged; and only once."""
    run = Run.objects.get(pk=run_id)
    if not run.run_state.is_over:
        return False
    waits = Instance.objects.filter(run=run, metered=False, started_at__isnull=False).exists()
    if waits or OpenUsage.objects.filter(usage__run=run).exists() or not Wallet.objects.filter(team=run.team_id):
        return False
    lock_wallet(run.team_id)
    held = Reservation.objects.filter(run=run, released_at=None).first()
    if held is None:
        return False
    _give_back(held, held.amount)
    Reservation.objects.filter(pk=held.pk).update(released_at=now)
    fault_point("before_release_commit")
    return True


def _take(team_id: int, amount: Micros, now: datetime.datetime) -> bool:
    """One conditional UPDATE: what is free is looked at and taken in the same moment. Giving back always works."""
    mine = Wallet.objects.filter(team_id=team_id)
    mine.filter(month__lt=month_of(now)).update(month=month_of(now), spent=0)
    has_credit = Q(enforced=False) | Q(balance__gte=F("reserved") + amount)
    below_cap = Q(cap_micros=None) | Q(cap_micros__gte=F("spent") + F("reserved") + amount)
    able = mine if amount <= 0 else mine.filter(has_credit, below_cap)
    return bool(able.update(reserved=F("reserved") + amount))


def _give_back(held: Reservation, amount: Micros) -> None:
    Reservation.objects.filter(pk=held.pk).update(amount=F("amount") - amount)
    Wallet.objects.filter(pk=held.wallet_id).update(reserved=F("reserved") - amount)


def _used(run_id: str, held: Reservation, now: datetime.datetime) -> tuple[Micros, Micros]:
    """What a run used that nobody charged yet, and at which price an hour it goes on."""
    ended, running = uncharged(run_id=run_id)
    # Nodes that do not run yet may start within the quantum; prices may have risen since it was asked for.
    per_hour = max(held.per_hour_micros, sum(price for _, price in running))
    used = sum(
        amount_to_set_aside(max(0, (now - since) // datetime.timedelta(milliseconds=1)), price)
        for since, price in running
    )
    return ended + used, per_hour


def _pay_until(run: Run, until: datetime.datetime | None) -> datetime.datetime | None:
    Run.objects.filter(pk=run.pk).update(paid_until=until)
    run.paid_until = until
    return until


def _quantum_milliseconds() -> int:
    return int(settings.FACTORY_CREDIT_QUANTUM_SECONDS) * 1000


def _say_refusal(wallet: Wallet, *, others: Micros, used: Micros, per_hour: Micros, is_new: bool) -> str:
    return say_shortage(
        Shortage(
            currency=wallet.currency,
            cap=wallet.cap_micros,
            spent=wallet.spent,
            balance=wallet.balance if wallet.enforced else None,
            others=others,
            used=used,
            seconds=settings.FACTORY_CREDIT_QUANTUM_SECONDS,
            price=price_of_quantum(per_hour),
            per_hour=per_hour,
            is_new=is_new,
        )
    )
