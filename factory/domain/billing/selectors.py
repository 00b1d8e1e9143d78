"""What can be read of money: how a team stands, and what a run costs."""

import dataclasses
import datetime

from django.conf import settings
from django.db.models import Q, Sum

from factory.domain.accounts.models import Team
from factory.domain.billing.calendar import month_of
from factory.domain.billing.models import AccountKind, Posting, Wallet
from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.open_costs import MOST_OPEN, open_costs
from factory.domain.billing.price_book import PriceBook
from factory.domain.metering.measuring import given_to, measure
from factory.domain.runs.models import Instance, RunNode

_MILLISECOND = datetime.timedelta(milliseconds=1)


@dataclasses.dataclass(frozen=True)
class Standing:
    """How a team stands.

    Attributes:
        balance: its credit, without what runs and was not charged yet.
        reserved: what of it is set aside for runs that are not settled.
        available: its credit that is not set aside; a cap may allow less.
        cap: the most it will spend this month, None for no limit.
        spent_this_month: what ended this month (UTC), as charged.
        enforced: without credit nothing of it runs.
        uncharged: what runs, or ended a moment ago, costs so far; an estimate, known where there is a cap and else 0.
    """

    balance: Micros
    reserved: Micros
    available: Micros
    cap: Micros | None
    spent_this_month: Micros
    enforced: bool
    currency: str
    uncharged: Micros = 0

    @property
    def taken(self) -> Micros:
        """What counts for a cap. What began without a limit has nothing set aside until it is first looked at."""
        return self.spent_this_month + max(self.reserved, self.uncharged)

    @property
    def is_limited(self) -> bool:
        """Whether its runs can be refused or ended for money."""
        return self.enforced or self.cap is not None


@dataclasses.dataclass(frozen=True)
class RunCost:
    """What a run costs: what is charged, and each instance that is not, with its start and price an hour.

    `settled` holds what ended, whether it is charged by now or about to be.
    """

    settled: Micros
    running: tuple[tuple[datetime.datetime, Micros], ...]

    def total(self, now: datetime.datetime) -> Micros:
        """All of it until now; every instance rounded down by itself."""
        return self.settled + sum(amount_of(_elapsed(since, now), per_hour) for since, per_hour in self.running)


def standing_of(team: Team, now: datetime.datetime) -> Standing:
    """How a team stands; one whose wallet nobody opened yet has nothing."""
    wallet = Wallet.objects.filter(team=team).first()
    if wallet is None:
        wallet = Wallet(team=team, currency=settings.FACTORY_CURRENCY, month=month_of(now))
    return Standing(
        balance=wallet.balance,
        reserved=wallet.reserved,
        available=wallet.balance - wallet.reserved,
        cap=wallet.cap_micros,
        spent_this_month=wallet.spent if wallet.month >= month_of(now) else 0,
        enforced=wallet.enforced,
        currency=wallet.currency,
        uncharged=_uncharged_of(team.pk, now) if wallet.cap_micros is not None else 0,
    )


def run_cost(run_id: str, now: datetime.datetime) -> RunCost:
    """What a run costs so far, from the ledger and from what still runs."""
    mine = Posting.objects.filter(entry__run_id=run_id, account__kind=AccountKind.CREDIT.value)
    settled = -(mine.aggregate(sum=Sum("amount"))["sum"] or 0)
    ended, running = uncharged(run_id=run_id)
    return RunCost(settled + ended, running)


def uncharged(*, run_id: str) -> tuple[Micros, tuple[tuple[datetime.datetime, Micros], ...]]:
    """What of a run nobody charged: what ended, in money, and what runs, by start and price an hour."""
    ended, running, book = 0, [], PriceBook()
    components = dict(RunNode.objects.filter(run_id=run_id).values_list("name", "component"))
    is_open = Q(metered=False) | Q(usage__isnull=False, usage__charge__isnull=True)
    instances = Instance.objects.filter(is_open, run_id=run_id, started_at__isnull=False)
    for instance in instances.select_related("run__team").order_by("pk"):
        if instance.started_at is None:
            continue
        component = components.get(instance.node, "")
        per_hour = book.rate_of(component, *given_to(instance, component), instance.started_at)
        if instance.ended_at is None:
            running.append((instance.started_at, per_hour))
            continue
        _, milliseconds, _ = measure(
            started_at=instance.started_at, finished_at=instance.finished_at, seen_at=instance.seen_at
        )
        ended += amount_of(milliseconds, per_hour)
    return ended, tuple(running)


def _uncharged_of(team_id: int, now: datetime.datetime) -> Micros:
    return sum(cost.micros for cost in open_costs(team_id=team_id, now=now)[:MOST_OPEN])


def _elapsed(since: datetime.datetime, until: datetime.datetime) -> int:
    return max(0, (until - since) // _MILLISECOND)
