"""The verbs of money: open a wallet, grant credit, set a cap, set prices. One transaction each, and audited."""

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, transaction

from factory.domain.accounts import audit
from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.accounts.services import HOME_TEAM
from factory.domain.billing.calendar import month_of
from factory.domain.billing.ledger import account, find_entry, lock_wallet, post_entry
from factory.domain.billing.models import AccountKind, ComponentPrice, EntryKind, JournalEntry, PriceList, Wallet
from factory.domain.billing.money import PLACES, Micros, format_money, format_rate
from factory.domain.billing.trials import give_trial
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER
from factory.foundation.errors import UserError

MOST_MICROS: Micros = 10**15
"""A thousand million units: more is a slip of the finger."""
LONGEST_NOTE = 300
_LONGEST_KEY = 100
_KEY_IS_TAKEN = "The key {key} stands for another grant; choose another key for this one."


class AmountRefused(UserError):
    """The amount cannot be: negative, nothing, or more than anybody has."""

    id: ClassVar[str] = "billing:user:amount-refused"


class GrantKeyUsed(UserError):
    """The key of a grant was used for another one."""

    id: ClassVar[str] = "billing:user:grant-key-used"


class PriceRefused(UserError):
    """The price cannot begin then: what began is what instances were started at."""

    id: ClassVar[str] = "billing:user:price-refused"


@transaction.atomic
def open_wallet(*, team: Team, now: datetime.datetime) -> Wallet:
    """The team's wallet; made with the credit to try the first time, which there is once a person.

    The operator's own team, and every team where the installation asks for no credit, gets neither credit nor refusals:
    it is metered and priced alone.
    """
    needs_credit = settings.FACTORY_CREDIT_NEEDED and team.slug != HOME_TEAM
    wallet, opened = Wallet.objects.get_or_create(
        team=team,
        defaults={"currency": settings.FACTORY_CURRENCY, "month": month_of(now), "enforced": needs_credit},
    )
    if opened and needs_credit:
        give_trial(team=team, now=now)
        wallet.refresh_from_db()
    return wallet


@transaction.atomic
def grant(
    *,
    team: Team,
    micros: Micros,
    by: User | None,
    note: str,
    now: datetime.datetime,
    key: str,
    may_go_below_zero: bool = True,
) -> JournalEntry:
    """Give a team credit, or take some back with a negative amount; the same key again changes nothing.

    Args:
        key: what makes it one grant, such as the number of an invoice; at most 100 characters.
        may_go_below_zero: whether more can be taken back than the team has.

    Raises:
        AmountRefused: nothing, or more than 10**15 micro-units; or more than there is to take back.
        GrantKeyUsed: the key stands for another team or amount.
    """
    if not 0 < abs(micros) <= MOST_MICROS:
        raise AmountRefused("Grant an amount that is not nothing and at most a thousand million units.")
    if not 0 < len(key) <= _LONGEST_KEY:
        raise AmountRefused(f"Give the grant a key of 1 to {_LONGEST_KEY} characters, such as an invoice's number.")
    open_wallet(team=team, now=now)
    wallet = lock_wallet(team.pk)
    lines = [(account(AccountKind.CREDIT, team), micros), (account(AccountKind.GRANTS), -micros)]
    known = find_entry(f"grant:{key}")
    if known is not None:
        posted = {posting.account_id: posting.amount for posting in known.postings.all()}
        if posted != {each.pk: amount for each, amount in lines}:
            raise GrantKeyUsed(_KEY_IS_TAKEN.format(key=key))
        return known
    if micros < 0 and wallet.balance + micros < 0 and not may_go_below_zero:
        has = format_money(wallet.balance, wallet.currency, places=PLACES)
        raise AmountRefused(f"{team.name} has {has}; take back less, or say that its balance may go below zero.")
    told = {"amount": format_money(micros, wallet.currency, places=PLACES), "key": key, "note": note[:LONGEST_NOTE]}
    audit.record(team=team, actor=by, action="credit.granted", subject=team.slug, now=now, details=told)
    note, name = note[:LONGEST_NOTE], name_of(by)
    try:
        with transaction.atomic():
            return post_entry(key=f"grant:{key}", kind=EntryKind.GRANT, at=now, note=note, lines=lines, by=name)
    except IntegrityError:
        # The lock above is of one wallet; another team was given a grant of this key at this moment.
        raise GrantKeyUsed(_KEY_IS_TAKEN.format(key=key)) from None


@transaction.atomic
def set_cap(
    *, team: Team, micros: Micros | None, by: User | None, now: datetime.datetime, token: ApiToken | None = None
) -> Wallet:
    """Set the most that a team spends in a calendar month, or None for no such limit; it holds for what runs, too.

    Raises:
        AmountRefused: negative, or more than 10**15 micro-units.
    """
    if micros is not None and not 0 <= micros <= MOST_MICROS:
        raise AmountRefused("A cap is nothing or more, and at most a thousand million units; leave it empty for none.")
    wallet = _change_limits(team, now=now, cap_micros=micros)
    details = {"cap": None if micros is None else format_money(micros, wallet.currency, places=PLACES)}
    audit.record(team=team, actor=by, action="cap.changed", subject=team.slug, now=now, details=details, token=token)
    return wallet


@transaction.atomic
def set_enforced(*, team: Team, enforced: bool, by: User | None, now: datetime.datetime) -> Wallet:
    """Say whether a team's runs need credit."""
    wallet = _change_limits(team, now=now, enforced=enforced)
    details = {"enforced": enforced}
    audit.record(team=team, actor=by, action="credit.enforced", subject=team.slug, now=now, details=details)
    return wallet


@transaction.atomic
def set_price(
    *,
    cpu_hour_micros: Micros,
    gib_hour_micros: Micros,
    effective_from: datetime.datetime,
    note: str,
    by: User | None,
    now: datetime.datetime,
) -> PriceList:
    """Set what a processor and a GiB cost an hour from a moment on; what was started before stays at its price.

    Raises:
        PriceRefused: it would begin in the past, or at the very moment of another list.
        AmountRefused: a price is negative or more than 10**15 micro-units.
    """
    _require_prices(cpu_hour_micros, gib_hour_micros)
    _require_ahead(effective_from, now, taken=PriceList.objects.filter(effective_from=effective_from).exists())
    prices = {"cpu": _rate(cpu_hour_micros), "gib": _rate(gib_hour_micros)}
    details = {**prices, "from": effective_from.isoformat()}
    audit.record(team=None, actor=by, action="price.set", subject="processor and memory", now=now, details=details)
    made: PriceList = PriceList.objects.create(
        effective_from=effective_from,
        cpu_hour_micros=cpu_hour_micros,
        gib_hour_micros=gib_hour_micros,
        note=note[:LONGEST_NOTE],
    )
    return made


@transaction.atomic
def set_component_price(
    *,
    component: str,
    per_hour_micros: Micros,
    effective_from: datetime.datetime,
    note: str,
    by: User | None,
    now: datetime.datetime,
) -> ComponentPrice:
    """Set what a component (its name, without a version) costs an hour beside what it is given; 0 is free.

    Raises:
        PriceRefused: it would begin in the past, or at the very moment of another price of it.
        AmountRefused: the price is negative or more than 10**15 micro-units.
    """
    _require_prices(per_hour_micros)
    same = ComponentPrice.objects.filter(component=component, effective_from=effective_from)
    _require_ahead(effective_from, now, taken=same.exists())
    details = {"price": _rate(per_hour_micros), "from": effective_from.isoformat()}
    audit.record(team=None, actor=by, action="price.set", subject=component, now=now, details=details)
    made: ComponentPrice = ComponentPrice.objects.create(
        component=component,
        effective_from=effective_from,
        per_hour_micros=per_hour_micros,
        note=note[:LONGEST_NOTE],
    )
    return made


def _rate(micros: Micros) -> str:
    return format_rate(micros, settings.FACTORY_CURRENCY)


def _change_limits(team: Team, *, now: datetime.datetime, **changes: object) -> Wallet:
    ahead = now + datetime.timedelta(seconds=settings.FACTORY_CREDIT_QUANTUM_SECONDS)
    unfinished = Run.objects.filter(team=team).exclude(state__in=OVER)
    # First the team, as who starts a run does: a run that is not kept yet would be missed below.
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    open_wallet(team=team, now=now)
    # Runs before the wallet, as everyone locks them.
    locked = list(unfinished.filter(paid_until=None).select_for_update(no_key=True).order_by("pk"))
    wallet = lock_wallet(team.pk)
    for name, value in changes.items():
        setattr(wallet, name, value)
    wallet.save(update_fields=list(changes))
    if wallet.is_limited:
        # They began without a limit: from now on they have to be paid for, the next look sees to it.
        Run.objects.filter(pk__in=[run.pk for run in locked]).update(paid_until=ahead)
    return wallet


def _require_prices(*prices: Micros) -> None:
    if not all(0 <= price <= MOST_MICROS for price in prices):
        raise AmountRefused("A price is nothing or more, and at most a thousand million units an hour.")


def _require_ahead(effective_from: datetime.datetime, now: datetime.datetime, *, taken: bool) -> None:
    if effective_from < now:
        raise PriceRefused("A price cannot begin in the past, where instances were started at another; begin it now.")
    if taken:
        raise PriceRefused("Another price begins at that very moment; choose a later one.")


def name_of(user: User | None) -> str:
    """Who did it, as an entry keeps it; empty where nobody did."""
    return user.get_username() if user is not None else ""
