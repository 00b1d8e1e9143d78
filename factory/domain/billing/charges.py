"""What was charged for rows of usage: the entry, the price and the amount of each."""

import dataclasses
from collections.abc import Sequence

from factory.domain.billing.models import AccountKind, JournalEntry, Posting
from factory.domain.billing.money import Micros
from factory.domain.metering.models import InstanceUsage


@dataclasses.dataclass(frozen=True)
class Charge:
    """The charge of one usage.

    Attributes:
        entry: key of the journal's entry.
        per_hour: the price of an hour.
        micros: what it took; nothing where another entry undid it.
    """

    entry: str
    per_hour: Micros
    micros: Micros
    is_reversed: bool


def charges_of(*, usages: Sequence[InstanceUsage]) -> dict[int, Charge]:
    """The charges of these rows by the rows' keys; what nobody charged yet is not among them. Three queries."""
    entries = list(JournalEntry.objects.filter(usage__in=[usage.pk for usage in usages]))
    keys = [entry.pk for entry in entries]
    credit = Posting.objects.filter(entry__in=keys, account__kind=AccountKind.CREDIT.value)
    taken = {entry: -amount for entry, amount in credit.values_list("entry", "amount")}
    undone = set(JournalEntry.objects.filter(reverses__in=keys).values_list("reverses", flat=True))
    return {
        entry.usage_id: Charge(
            entry.idempotency_key,
            entry.per_hour_micros or 0,
            0 if entry.pk in undone else taken.get(entry.pk, 0),
            entry.pk in undone,
        )
        for entry in entries
    }
