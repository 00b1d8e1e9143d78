"""Who owes whom: prices with their dates, accounts, entries whose postings sum to zero, and the sums kept of them.

Amounts are whole micro-units. A posting says what its account gains: a team's credit is what the installation owes it.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from factory.domain.accounts.append_only import AppendedRows, AppendOnly
from factory.domain.accounts.models import Team
from factory.domain.metering.models import InstanceUsage
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from factory.foundation.errors import OurError


class AccountKind(enum.StrEnum):
    """What an account is there for; all but credit belong to the installation."""

    CREDIT = "credit"
    """What a team may still use."""
    USAGE = "usage"
    """What was earned by running instances."""
    TRIALS = "trials"
    """What was given to try."""
    GRANTS = "grants"
    """What operators gave, or took in outside of this product."""


class EntryKind(enum.StrEnum):
    """Why an entry was made."""

    TRIAL = "trial"
    GRANT = "grant"
    USAGE = "usage"
    REVERSAL = "reversal"


class Unbalanced(OurError):
    """Postings would not sum to zero, or would come without their entry."""

    id: ClassVar[str] = "billing:ours:unbalanced"


class PriceList(AppendOnly):
    """What a processor and a GiB of memory cost an hour from a moment on, until the next list."""

    effective_from = models.DateTimeField(unique=True)
    cpu_hour_micros = models.BigIntegerField()
    gib_hour_micros = models.BigIntegerField()
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        """Never negative."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(cpu_hour_micros__gte=0, gib_hour_micros__gte=0), name="price_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"prices from {self.effective_from:%Y-%m-%d %H:%M}"


class ComponentPrice(AppendOnly):
    """What a component costs an hour beside what it is given, from a moment on; `component` is its name."""

    component = models.CharField(max_length=40)
    effective_from = models.DateTimeField()
    per_hour_micros = models.BigIntegerField()
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        """One price a moment, never negative."""

        constraints = [
            models.UniqueConstraint(fields=["component", "effective_from"], name="component_price_once_a_moment"),
            models.CheckConstraint(condition=models.Q(per_hour_micros__gte=0), name="component_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.component} from {self.effective_from:%Y-%m-%d %H:%M}"


class LedgerAccount(AppendOnly):
    """One account; `team` is null for those of the installation."""

    kind = models.CharField(max_length=16)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, default=None, related_name="ledger_accounts")
    currency = models.CharField(max_length=3)

    class Meta:
        """One of a kind."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "team", "currency"],
                condition=models.Q(team__isnull=False),
                name="ledger_account_once_a_team",
            ),
            models.UniqueConstraint(
                fields=["kind", "currency"], condition=models.Q(team__isnull=True), name="ledger_account_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.CREDIT.value, team__isnull=False)
                | (~models.Q(kind=AccountKind.CREDIT.value) & models.Q(team__isnull=True)),
                name="credit_belongs_to_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.team or 'the installation'}"


class JournalEntry(AppendOnly):
    """Something that happened with money, once: the key says what. A charge says which usage, at which price an hour.

    `by` is who did it, as they were called then; empty where the product did.
    """

    idempotency_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, default="", blank=True)
    by = models.CharField(max_length=150, default="", blank=True)
    usage = models.OneToOneField(
        InstanceUsage, on_delete=models.PROTECT, null=True, default=None, related_name="charge"
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, default=None, related_name="journal_entries")
    per_hour_micros = models.BigIntegerField(null=True, default=None)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, default=None, related_name="reversal")

    class Meta:
        """A charge has its usage and price, a reversal what it reverses, and nothing else has."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind=EntryKind.USAGE.value, usage__isnull=False, per_hour_micros__isnull=False, run__isnull=False
                )
                | (~models.Q(kind=EntryKind.USAGE.value) & models.Q(usage__isnull=True, per_hour_micros__isnull=True)),
                name="charge_has_its_usage",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.REVERSAL.value, reverses__isnull=False)
                | (~models.Q(kind=EntryKind.REVERSAL.value) & models.Q(reverses__isnull=True)),
                name="reversal_has_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key


class PostingRows(AppendedRows):
    """Postings; they come as whole entries."""

    def bulk_create(self, objs: Iterable[Any], *arguments: Any, **options: Any) -> list[Any]:
        """All postings of one or more entries at once.

        Raises:
            Unbalanced: those of an entry do not sum to zero, are fewer than two, or it has some already.
        """
        rows = list(objs)
        sums: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            sums[row.entry_id].append(row.amount)
        if any(sum(amounts) != 0 or len(amounts) < 2 for amounts in sums.values()):
            raise Unbalanced("The postings of an entry sum to zero; post both sides of it.")
        if self.model._default_manager.filter(entry_id__in=sums).exists():
            raise Unbalanced("The entry has its postings; write a new entry that corrects it.")
        return super().bulk_create(rows, *arguments, **options)


class Posting(AppendOnly):
    """What one account gained by an entry, or lost where it is negative."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount = models.BigIntegerField()

    objects: ClassVar[Any] = PostingRows.as_manager()

    class Meta:
        """Read by account, in the order in which they were made."""

        indexes = [models.Index(fields=["account", "id"], name="postings_of_an_account")]

    def __str__(self) -> str:
        return f"{self.amount:+} to {self.account_id}"

    def save(self, *arguments: Any, **options: Any) -> None:
        """Refuse.

        Raises:
            Unbalanced: always; a posting alone cannot sum to zero.
        """
        raise Unbalanced("A posting is not written alone; use billing.ledger.post_entry.")


class Wallet(models.Model):
    """What is kept of a team's money for quick answers; every figure can be had again from the ledger.

    Attributes:
        balance: the sum of the postings to its credit.
        reserved: what is set aside for its runs, the sum of its open reservations.
        cap_micros: the most that it will spend in a calendar month (UTC); null where it set none.
        enforced: without credit nothing runs. False for the operator's own team; a cap of its own holds all the same.
        month, spent: what ran out in this month (by the end of each instance), and what it cost.
    """

    team = models.OneToOneField(Team, on_delete=models.PROTECT, related_name="wallet")
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    cap_micros = models.BigIntegerField(null=True, default=None)
    enforced = models.BooleanField(default=True)
    month = models.DateField()
    spent = models.BigIntegerField(default=0)

    class Meta:
        """What is set aside is never negative, and neither is a cap."""

        constraints = [
            models.CheckConstraint(condition=models.Q(reserved__gte=0), name="reserved_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(cap_micros__isnull=True) | models.Q(cap_micros__gte=0), name="cap_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"wallet of {self.team_id}"

    @property
    def is_limited(self) -> bool:
        """Whether its runs can be refused or ended for money."""
        return self.enforced or self.cap_micros is not None


class Reservation(models.Model):
    """What is set aside for a run: what it used and nobody charged yet, and the time ahead that it may go on.

    `per_hour_micros` is the price of all its nodes when it was asked for. Released once, when all of it is charged.
    """

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="reservation")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="reservations")
    amount = models.BigIntegerField()
    per_hour_micros = models.BigIntegerField()
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """Never negative; what is released holds nothing."""

        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="reservation_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True) | models.Q(amount=0), name="released_holds_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(released_at__isnull=True), name="reservation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.run_id}"


class UsageDay(models.Model):
    """What a team's instances of one component in one pipeline used that ended on a day (UTC), and what was charged."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", db_index=False)
    component = models.CharField(max_length=80)
    instances = models.PositiveIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0)
    micros = models.BigIntegerField(default=0)

    class Meta:
        """One row for each; read by team and day."""

        constraints = [models.UniqueConstraint(fields=["team", "day", "pipeline", "component"], name="usage_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.component}: {self.milliseconds} ms"


class RunUsage(models.Model):
    """What a run used so far and what was charged for it; `first_ended_at` and `last_ended_at` of its instances."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, primary_key=True, related_name="usage_sum")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", db_index=False)
    instances = models.PositiveIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0)
    micros = models.BigIntegerField(default=0)
    first_ended_at = models.DateTimeField()
    last_ended_at = models.DateTimeField()

    class Meta:
        """Read by team, the latest first."""

        indexes = [models.Index(fields=["team", "last_ended_at"], name="run_usage_of_a_team")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.milliseconds} ms"
