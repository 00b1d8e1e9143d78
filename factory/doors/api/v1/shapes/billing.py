"""A team's credit and its ledger, as the API tells them."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from factory.domain.billing import journal, month_statement, price_tags
from factory.domain.billing.limits import Limit
from factory.domain.billing.models import EntryKind
from factory.domain.billing.selectors import Standing
from factory.domain.billing.services import MOST_MICROS
from factory.doors.api.v1.shapes.usage import Micros


class LimitTaken(BaseModel):
    """One limit of a team, and how much of it is taken."""

    what: Annotated[str, Field(description="`cap` or `credit`")]
    percent: Annotated[int, Field(description="spent or set aside, 100 at most; at 100 nothing new starts")]
    sentence: str

    @classmethod
    def of(cls, limit: Limit) -> Self:
        """As the pages say it."""
        return cls(what=limit.what, percent=limit.percent, sentence=limit.sentence)


class Month(BaseModel):
    """What the current month (UTC) costs so far; an instance counts in the month in which it ends."""

    first: datetime.date
    settled_micros: Micros
    estimated_micros: Annotated[int, Field(description="of what runs, or ended and is not charged yet")]
    running: Annotated[int, Field(description="how many instances run")]
    per_hour_micros: Annotated[int, Field(description="what those cost an hour together")]

    @classmethod
    def of(cls, month: month_statement.MonthStatement) -> Self:
        """From the statement."""
        return cls(
            first=month.period.first,
            settled_micros=month.settled.micros,
            estimated_micros=month.estimated,
            running=month.instances,
            per_hour_micros=month.per_hour,
        )


class Prices(BaseModel):
    """The price list in force: what an instance costs an hour by what it is given, and components' own prices."""

    effective_from: datetime.datetime
    cpu_hour_micros: Micros
    gib_hour_micros: Micros
    components: Annotated[dict[str, int], Field(description="per hour, by name; a component without one costs 0")]

    @classmethod
    def of(cls, tags: price_tags.PriceTags) -> Self:
        """From the prices of now."""
        return cls(
            effective_from=tags.current.effective_from,
            cpu_hour_micros=tags.current.cpu_hour_micros,
            gib_hour_micros=tags.current.gib_hour_micros,
            components={price.component: price.per_hour_micros for price in tags.components},
        )


class Billing(BaseModel):
    """How a team stands."""

    currency: str
    balance_micros: Annotated[int, Field(description="the sum of its entries in the ledger")]
    reserved_micros: Annotated[int, Field(description="set aside for what runs")]
    available_micros: Annotated[int, Field(description="its credit that is not set aside; a cap may allow less")]
    cap_micros: Annotated[int | None, Field(description="the most to spend in a calendar month; null for no cap")]
    spent_this_month_micros: Micros
    enforced: Annotated[
        bool,
        Field(description="without credit nothing runs; false for the operator's own team, and where none is needed"),
    ]
    limits: list[LimitTaken]
    month: Month
    prices: Prices

    @classmethod
    def of(
        cls,
        standing: Standing,
        found: list[Limit],
        month: month_statement.MonthStatement,
        tags: price_tags.PriceTags,
    ) -> Self:
        """From what the domain reads."""
        return cls(
            currency=standing.currency,
            balance_micros=standing.balance,
            reserved_micros=standing.reserved,
            available_micros=standing.available,
            cap_micros=standing.cap,
            spent_this_month_micros=standing.spent_this_month,
            enforced=standing.enforced,
            limits=[LimitTaken.of(limit) for limit in found],
            month=Month.of(month),
            prices=Prices.of(tags),
        )


class BillingChange(BaseModel):
    """What of it a team sets itself."""

    cap_micros: Annotated[int | None, Field(strict=True, ge=0, le=MOST_MICROS, description="null takes the cap away")]


class EntryPosting(BaseModel):
    """What one account gained by an entry, or lost."""

    account: str
    micros: Micros


class Entry(BaseModel):
    """Something that happened with the team's money, once; its postings sum to zero."""

    entry: str
    at: datetime.datetime
    kind: EntryKind
    note: str
    by: Annotated[str, Field(description="who did it; empty where the product did")]
    currency: str
    micros: Annotated[int, Field(description="how it changed the team's credit")]
    pipeline: str | None
    run: str | None
    node: str | None
    milliseconds: Annotated[int | None, Field(description="of the instance that it is about")]
    per_hour_micros: int | None
    reverses: Annotated[str | None, Field(description="the entry that this one undoes")]
    postings: list[EntryPosting]

    @classmethod
    def of(cls, line: journal.EntryLine, *, currency: str) -> Self:
        """From the journal."""
        entry = line.entry
        return cls(
            entry=entry.idempotency_key,
            at=entry.at,
            kind=EntryKind(entry.kind),
            note=entry.note,
            by=entry.by,
            currency=currency,
            micros=line.amount,
            pipeline=line.pipeline_slug or None,
            run=entry.run_id,
            node=line.usage.node if line.usage else None,
            milliseconds=line.usage.milliseconds if line.usage else None,
            per_hour_micros=entry.per_hour_micros,
            reverses=entry.reverses.idempotency_key if entry.reverses else None,
            postings=[EntryPosting(account=account, micros=amount) for account, amount in line.postings],
        )


class EntryPage(BaseModel):
    """Some entries, the newest first."""

    items: list[Entry]
    next: Annotated[str | None, Field(description="the cursor of the next page")]
