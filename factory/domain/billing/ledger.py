"""The one place that writes the journal: entries with both their sides, and the wallets' sums beside them."""

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import F

from factory.domain.accounts.models import Team
from factory.domain.billing.models import AccountKind, EntryKind, JournalEntry, LedgerAccount, Posting, Wallet
from factory.domain.billing.money import Micros
from factory.foundation.errors import UserError

Line = tuple[LedgerAccount, Micros]


class EntryReversed(UserError):
    """The entry was reversed before, or is a reversal itself."""

    id: ClassVar[str] = "billing:user:entry-reversed"


def account(kind: AccountKind, team: Team | None = None) -> LedgerAccount:
    """The account of this kind; made when it is first needed."""
    made: LedgerAccount
    made, _ = LedgerAccount.objects.get_or_create(kind=kind.value, team=team, currency=settings.FACTORY_CURRENCY)
    return made


def lock_wallet(team_id: int) -> Wallet:
    """The team's wallet; until the transaction ends nobody else moves its money.

    Raises:
        Wallet.DoesNotExist: nobody opened it; `services.open_wallet` does.
    """
    return Wallet.objects.select_for_update(no_key=True).get(team_id=team_id)


@transaction.atomic
def post_entry(
    *, key: str, kind: EntryKind, at: datetime.datetime, note: str, lines: Sequence[Line], **columns: Any
) -> JournalEntry:
    """Write an entry and bring the wallets of its credit accounts up to date.

    Args:
        key: what happened; a second entry of the same key is refused by the database.
        lines: at least two; their amounts sum to zero.
        columns: further ones of the entry: usage, run, per_hour_micros, reverses, by.

    Raises:
        Unbalanced: the lines do not sum to zero.
        IntegrityError: the key was used. Whoever holds the wallet's lock looks first.
    """
    entry: JournalEntry = JournalEntry.objects.create(idempotency_key=key, kind=kind.value, at=at, note=note, **columns)
    Posting.objects.bulk_create([Posting(entry=entry, account=each, amount=amount) for each, amount in lines])
    for each, amount in lines:
        if each.team_id is not None:
            Wallet.objects.filter(team_id=each.team_id).update(balance=F("balance") + amount)
    return entry


def find_entry(key: str) -> JournalEntry | None:
    """The entry of this key."""
    found: JournalEntry | None = JournalEntry.objects.filter(idempotency_key=key).first()
    return found


def mirror_of(entry: JournalEntry) -> list[Line]:
    """The lines that undo an entry.

    Raises:
        EntryReversed: it was undone before, or undoes another.
    """
    if entry.kind == EntryKind.REVERSAL.value:
        raise EntryReversed(f"{entry} is a reversal; write a new entry with what is right.")
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise EntryReversed(f"{entry} was reversed before; nothing is left of it.")
    return [(posting.account, -posting.amount) for posting in entry.postings.select_related("account").order_by("pk")]
