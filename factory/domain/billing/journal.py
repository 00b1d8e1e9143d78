"""The ledger as a team reads it: every entry that moved its credit, with all its postings and what it is about."""

import dataclasses

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from factory.domain.billing.models import AccountKind, EntryKind, JournalEntry, LedgerAccount, Posting
from factory.domain.billing.money import Micros
from factory.domain.billing.periods import Period
from factory.domain.billing.statements import UsageFilter, used_as
from factory.domain.metering.models import InstanceUsage
from factory.domain.runs.models import Run

MOST_ENTRIES = 500
_WORDS = {
    AccountKind.USAGE: "Usage, of the installation",
    AccountKind.TRIALS: "Credit to try, of the installation",
    AccountKind.GRANTS: "Grants, of the installation",
}


@dataclasses.dataclass(frozen=True)
class EntryFilter:
    """Which entries of a team.

    Attributes:
        kind: of `EntryKind`; empty for all.
        run: what was charged for this run, or undone of it; empty for all.
        usage: what was charged for this usage, or undone of it; None for all.
    """

    team_id: int
    kind: str = ""
    run: str = ""
    usage: UsageFilter | None = None
    period: Period | None = None
    """By when the entry was made; what was used in a period, `usage` says."""


@dataclasses.dataclass(frozen=True)
class EntryLine:
    """One entry; `key` is where to go on after it."""

    key: int
    entry: JournalEntry
    amount: Micros
    postings: tuple[tuple[str, Micros], ...]
    usage: InstanceUsage | None
    run: Run | None

    @property
    def pipeline_slug(self) -> str:
        """Of which pipeline, empty where it is about none."""
        return self.run.version.pipeline.slug if self.run is not None else ""

    @property
    def sum(self) -> Micros:
        """Of all its postings: 0."""
        return sum(amount for _, amount in self.postings)


def entries(wanted: EntryFilter, *, before: int | None = None, most: int = MOST_ENTRIES) -> list[EntryLine]:
    """The entries, the newest first.

    Args:
        wanted: which.
        before: the key of the line after which to go on.
        most: how many lines at most.
    """
    keys: list[int] = []
    for part in _parts(wanted):
        rows = part.filter(pk__lt=before) if before is not None else part
        keys += rows.order_by("-pk").values_list("pk", flat=True)[:most]
    newest = sorted(keys, reverse=True)[:most]
    others = Posting.objects.select_related("account__team").order_by("-amount", "pk")
    usages = ("entry__usage", "entry__reverses__usage")
    found = Posting.objects.filter(pk__in=newest).select_related(
        "entry__run__version__pipeline", "entry__reverses", *usages
    )
    found = found.prefetch_related(Prefetch("entry__postings", queryset=others))
    return [_line(row) for row in found.order_by("-pk")]


def sum_of(wanted: EntryFilter) -> tuple[int, Micros]:
    """How many entries there are, and how they changed the team's credit together."""
    found = [part.aggregate(count=Count("pk"), sum=Sum("amount", default=0)) for part in _parts(wanted)]
    return sum(each["count"] for each in found), sum(each["sum"] for each in found)


def _parts(wanted: EntryFilter) -> list[QuerySet[Posting]]:
    """What was asked for, each posting in one of them: apart, each is read by an index of its own."""
    accounts = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value, team_id=wanted.team_id)
    mine: QuerySet[Posting] = Posting.objects.filter(account__in=list(accounts.values_list("pk", flat=True)))
    if wanted.usage is None:
        return [_narrowed(mine, wanted)]
    made = mine.filter(used_as(wanted.usage, "entry__usage__"))
    # Few: found first, so that nobody looks through all postings for them.
    reversals = JournalEntry.objects.filter(used_as(wanted.usage, "reverses__usage__"), reverses__isnull=False)
    undone = mine.filter(entry__in=reversals.values("pk"))
    return [_narrowed(made, wanted), _narrowed(undone, wanted)]


def _narrowed(rows: QuerySet[Posting], wanted: EntryFilter) -> QuerySet[Posting]:
    if wanted.kind:
        rows = rows.filter(entry__kind=wanted.kind)
    if wanted.run:
        rows = rows.filter(entry__run_id=wanted.run)
    if wanted.period is not None:
        rows = rows.filter(Q(entry__at__gte=wanted.period.start) & Q(entry__at__lt=wanted.period.end))
    return rows


def _line(row: Posting) -> EntryLine:
    entry = row.entry
    postings = tuple((account_words(each.account), each.amount) for each in entry.postings.all())
    charged = entry if entry.kind == EntryKind.USAGE.value else entry.reverses
    return EntryLine(row.pk, entry, row.amount, postings, charged.usage if charged else None, entry.run)


def account_words(account: LedgerAccount) -> str:
    """What people call an account."""
    if account.team is not None:
        return f"Credit of {account.team.name}"
    return _WORDS[AccountKind(account.kind)]
