"""Reads from an address which entries of the ledger are meant."""

import dataclasses
import datetime
import re

from django.http import QueryDict

from factory.domain.billing.journal import EntryFilter
from factory.domain.billing.models import EntryKind
from factory.domain.billing.periods import Preset
from factory.doors.pages.money_pages.filters import Asked, read_filter

_RUN = re.compile(r"[a-z0-9]{1,12}")
KINDS = {
    EntryKind.USAGE: "Usage",
    EntryKind.TRIAL: "Credit to try",
    EntryKind.GRANT: "Grants",
    EntryKind.REVERSAL: "Reversals",
}


@dataclasses.dataclass(frozen=True)
class AskedEntries:
    """What was asked for.

    Attributes:
        entries: which entries that are.
        usage: the same as days, pipeline and component.
        is_by_use: days are those on which containers ended; else those on which entries were made.
        has_days: days were asked for at all.
    """

    entries: EntryFilter
    usage: Asked
    is_by_use: bool
    has_days: bool

    @property
    def refusal(self) -> str:
        """What of it could not be taken."""
        return self.usage.refusal

    @property
    def is_narrow(self) -> bool:
        """Whether anything was asked for at all."""
        return self.has_days or self.is_by_use or bool(self.entries.kind or self.entries.run)


def read_entry_filter(query: QueryDict, *, team_id: int, now: datetime.datetime) -> AskedEntries:
    """What the address asks for; without a word of it, every entry."""
    asked = read_filter(query, team_id=team_id, now=now, default=Preset.THIRTY_DAYS)
    has_days = bool(query.get("period") or query.get("from"))
    is_by_use = query.get("by") == "used" or bool(asked.usage.pipeline or asked.usage.component)
    kind, run = query.get("kind", ""), query.get("run", "")
    entries = EntryFilter(
        team_id,
        kind=kind if kind in set(EntryKind) else "",
        run=run if _RUN.fullmatch(run) else "",
        usage=asked.usage if is_by_use else None,
        period=asked.period if has_days and not is_by_use else None,
    )
    return AskedEntries(entries, asked, is_by_use, has_days)
