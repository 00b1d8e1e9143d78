"""Proves that the books are right: everything that is kept twice is computed again and compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Count, Q, Sum

from factory.domain.billing.calendar import day_of
from factory.domain.billing.models import (
    AccountKind,
    EntryKind,
    JournalEntry,
    Posting,
    Reservation,
    RunUsage,
    UsageDay,
    Wallet,
)
from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.price_book import PriceBook
from factory.domain.billing.prices import PriceMissing
from factory.domain.metering.measuring import measure
from factory.domain.metering.models import InstanceUsage, OpenUsage

MOST_TOLD = 100
_CHUNK = 2000
_Sums = tuple[int, int, int]
_SUMS = ("instances", "milliseconds", "micros")


def check_books() -> list[str]:
    """Everything that is not as it must be, in sentences, a hundred at most; nothing where the books are right.

    Reads every row; so it is for operators and tests, not for pages. What is charged meanwhile may be told wrongly:
    run it again before believing it.
    """
    told: list[str] = []
    for problem in _problems():
        told.append(problem)
        if len(told) >= MOST_TOLD:
            break
    return told


def waiting() -> int:
    """How many rows of usage are not charged yet."""
    return OpenUsage.objects.count()


def _problems() -> Iterator[str]:
    yield from _check_entries()
    yield from _check_wallets()
    yield from _check_usage()


def _check_entries() -> Iterator[str]:
    odd = JournalEntry.objects.annotate(sum=Sum("postings__amount"), pieces=Count("postings"))
    for entry in odd.filter(~Q(sum=0) | Q(sum=None) | Q(pieces__lt=2)).order_by("pk").iterator(_CHUNK):
        yield f"Entry {entry} has {entry.pieces} postings that sum to {entry.sum or 0}, not to 0."
    total = Posting.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    if total:
        yield f"All postings sum to {total}, not to 0."


def _check_wallets() -> Iterator[str]:
    credit = Posting.objects.filter(account__kind=AccountKind.CREDIT.value).values("account__team")
    balances = dict(credit.annotate(sum=Sum("amount")).values_list("account__team", "sum"))
    open_ones = Reservation.objects.filter(released_at=None).values("wallet")
    reserved = dict(open_ones.annotate(sum=Sum("amount")).values_list("wallet", "sum"))
    for wallet in Wallet.objects.select_related("team").order_by("pk").iterator(_CHUNK):
        posted, held = balances.pop(wallet.team_id, 0), reserved.get(wallet.pk, 0)
        if wallet.balance != posted:
            yield f"The wallet of {wallet.team} says {wallet.balance}, its postings sum to {posted}."
        if wallet.reserved != held:
            yield f"The wallet of {wallet.team} has {wallet.reserved} set aside, its reservations hold {held}."
        days = UsageDay.objects.filter(team_id=wallet.team_id, day__gte=wallet.month)
        spent = sum(row.micros for row in days if row.day.replace(day=1) == wallet.month)
        if wallet.spent != spent:
            yield f"The wallet of {wallet.team} says {wallet.spent} spent this month, its days sum to {spent}."
    yield from (f"Team {team_id} has postings and no wallet." for team_id in balances)


def _check_usage() -> Iterator[str]:
    book = PriceBook()
    days: dict[tuple[object, ...], _Sums] = defaultdict(lambda: (0, 0, 0))
    runs: dict[tuple[object, ...], _Sums] = defaultdict(lambda: (0, 0, 0))
    charges = JournalEntry.objects.filter(kind=EntryKind.USAGE.value).annotate(
        taken=Sum("postings__amount", filter=Q(postings__account__kind=AccountKind.CREDIT.value)),
        undone=Count("reversal"),
    )
    found = 0
    for entry in charges.select_related("usage__instance").order_by("pk").iterator(_CHUNK):
        usage = entry.usage
        amount = amount_of(usage.milliseconds, entry.per_hour_micros)
        if entry.taken != -amount:
            yield f"{entry} took {-(entry.taken or 0)}; {usage.milliseconds} ms cost {amount}."
        rate = _rate(book, usage)
        if entry.per_hour_micros != rate:
            yield f"{entry} was charged at {entry.per_hour_micros} an hour; {rate} was the price at its start."
        yield from _check_times(usage)
        counted = 0 if entry.undone else amount
        for sums, key in (
            (days, (usage.team_id, day_of(usage.ended_at), usage.pipeline_id, usage.component)),
            (runs, (usage.run_id,)),
        ):
            instances, milliseconds, micros = sums[key]
            sums[key] = (instances + 1, milliseconds + usage.milliseconds, micros + counted)
        found += 1
    yield from _check_charged(found)
    rows = UsageDay.objects.values_list("team_id", "day", "pipeline_id", "component", *_SUMS)
    yield from _compare("The day", days, ((row[:4], row[4:]) for row in rows.iterator(_CHUNK)))
    of_runs = RunUsage.objects.values_list("run_id", *_SUMS)
    yield from _compare("The run", runs, ((row[:1], row[1:]) for row in of_runs.iterator(_CHUNK)))


def _check_charged(charged: int) -> Iterator[str]:
    lost = InstanceUsage.objects.filter(charge=None, open=None)
    yield from (f"Usage {usage.pk} ({usage}) is neither charged nor waits for it." for usage in lost[:MOST_TOLD])
    twice = InstanceUsage.objects.filter(charge__isnull=False, open__isnull=False)
    yield from (f"Usage {usage.pk} ({usage}) is charged and waits for it all the same." for usage in twice[:MOST_TOLD])
    known = InstanceUsage.objects.filter(charge__isnull=False).count()
    if known != charged:
        yield f"{known} rows of usage are charged by {charged} entries."


def _check_times(usage: InstanceUsage) -> Iterator[str]:
    instance = usage.instance
    ended_at, milliseconds, _ = measure(
        started_at=usage.started_at, finished_at=instance.finished_at, seen_at=instance.seen_at
    )
    if (instance.started_at, ended_at, milliseconds) != (usage.started_at, usage.ended_at, usage.milliseconds):
        yield f"Usage {usage.pk} says {usage.milliseconds} ms of {instance}; the engine's times say {milliseconds}."


def _compare(
    what: str, computed: dict[tuple[object, ...], _Sums], kept: Iterable[tuple[tuple[object, ...], _Sums]]
) -> Iterator[str]:
    missing = dict(computed)
    for key, sums in kept:
        expected = missing.pop(key, (0, 0, 0))
        if sums != expected:
            yield f"{what} {key} is kept as {sums} (instances, ms, micros); the charges sum to {expected}."
    yield from (f"{what} {key} is not kept; the charges sum to {sums}." for key, sums in missing.items())


def _rate(book: PriceBook, usage: InstanceUsage) -> Micros | None:
    try:
        return book.rate_of(usage.component, usage.cpu_millis, usage.memory_mib, usage.started_at)
    except PriceMissing:
        return None
