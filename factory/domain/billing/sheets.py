"""Usage and the ledger as tables for spreadsheets: exact whole numbers beside what people read, and never a formula.

A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import Q

from factory.domain.billing.charges import Charge, charges_of
from factory.domain.billing.journal import EntryFilter, entries
from factory.domain.billing.money import decimal
from factory.domain.billing.statements import UsageFilter, usages
from factory.domain.metering.models import InstanceUsage

MOST_ROWS = 200_000
"""Of a file; who needs more asks for shorter periods."""
_AT_ONCE = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
USAGE_COLUMNS = (
    "ended_at", "started_at", "pipeline", "run", "node", "attempt", "component", "milliseconds", "duration",
    "end_source", "cpu_millis", "memory_mib", "per_hour_micros", "amount_micros", "amount", "currency", "entry",
)  # fmt: skip
LEDGER_COLUMNS = (
    "at", "entry", "kind", "note", "by", "pipeline", "run", "node", "account", "amount_micros", "amount", "currency"
)  # fmt: skip

Piece = tuple[list[list[Any]], Any]
"""Rows, and where to go on; None after the last."""


class Sheet:
    """A table as the content of a response: read in pieces, so that it fits in memory however long it is."""

    def __init__(self, columns: Sequence[str], read: Callable[[Any], Piece]) -> None:
        self._columns, self._read = columns, read

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield _written([self._columns])
        place, left = None, MOST_ROWS
        while left > 0:
            rows, place = await sync_to_async(self._read_piece)(place)
            yield _written(rows[:left])
            left -= len(rows)
            if place is None:
                return

    def _read_piece(self, place: Any) -> Piece:
        try:
            return self._read(place)
        finally:
            # Else each download that lasts would keep one; inside a transaction somebody else looks after it.
            if not connection.in_atomic_block:
                connection.close()


def usage_sheet(wanted: UsageFilter, *, currency: str) -> Sheet:
    """One row an instance, in the order in which they ended."""
    return Sheet(USAGE_COLUMNS, lambda place: _usage_piece(wanted, currency, place))


def ledger_sheet(wanted: EntryFilter, *, currency: str) -> Sheet:
    """One row a posting, the newest entry first."""
    return Sheet(LEDGER_COLUMNS, lambda place: _ledger_piece(wanted, currency, place))


def duration(milliseconds: int) -> str:
    """Hours, minutes and seconds: "1:02:03.456"."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{rest:03}"


def safe_text(text: str) -> str:
    """What people wrote, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _usage_piece(wanted: UsageFilter, currency: str, place: Any) -> Piece:
    rows = usages(wanted).select_related("pipeline").order_by("ended_at", "pk")
    if place is not None:
        rows = rows.filter(Q(ended_at__gt=place[0]) | Q(ended_at=place[0], pk__gt=place[1]))
    found = list(rows[:_AT_ONCE])
    charged = charges_of(usages=found)
    lines = [_usage_row(usage, currency, charged.get(usage.pk)) for usage in found]
    following = (found[-1].ended_at, found[-1].pk) if len(found) == _AT_ONCE else None
    return lines, following


def _usage_row(usage: InstanceUsage, currency: str, charge: Charge | None) -> list[Any]:
    return [
        usage.ended_at.isoformat(),
        usage.started_at.isoformat(),
        safe_text(usage.pipeline.slug),
        usage.run_id,
        safe_text(usage.node),
        usage.attempt,
        safe_text(usage.component),
        usage.milliseconds,
        duration(usage.milliseconds),
        usage.end_source,
        usage.cpu_millis,
        usage.memory_mib,
        charge.per_hour if charge else "",
        charge.micros if charge else "",
        decimal(charge.micros) if charge else "",
        currency,
        charge.entry if charge else "",
    ]


def _ledger_piece(wanted: EntryFilter, currency: str, place: Any) -> Piece:
    found = entries(wanted, before=place, most=_AT_ONCE)
    lines: list[list[Any]] = []
    for line in found:
        entry = line.entry
        about = [
            entry.at.isoformat(),
            safe_text(entry.idempotency_key),
            entry.kind,
            safe_text(entry.note),
            safe_text(entry.by),
            safe_text(line.pipeline_slug),
            entry.run_id or "",
            safe_text(line.usage.node) if line.usage else "",
        ]
        lines += [[*about, safe_text(account), amount, decimal(amount), currency] for account, amount in line.postings]
    return lines, found[-1].key if len(found) == _AT_ONCE else None


def _written(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
