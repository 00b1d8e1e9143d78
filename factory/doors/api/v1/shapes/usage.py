"""What a team used, as the API tells it: whole milliseconds and micro-units, never rounded again."""

import datetime
import enum
from typing import Annotated, Self

from pydantic import BaseModel, Field

from factory.domain.billing import statements
from factory.domain.billing.charges import Charge
from factory.domain.billing.money import UNIT
from factory.domain.billing.periods import Period
from factory.domain.metering.models import EndSource, InstanceUsage

Micros = Annotated[int, Field(description=f"millionths of the currency's unit: {UNIT} are one")]


class Group(enum.StrEnum):
    """By what usage is added up."""

    DAY = "day"
    PIPELINE = "pipeline"
    COMPONENT = "component"
    RUN = "run"


class UsageSums(BaseModel):
    """How many instances ended, how long they ran together, and what was charged for them."""

    instances: int
    milliseconds: int
    micros: Micros

    @classmethod
    def of(cls, sums: statements.Sums) -> Self:
        """From the sums of the ledger."""
        return cls(instances=sums.instances, milliseconds=sums.milliseconds, micros=sums.micros)


class UsageItem(UsageSums):
    """The sums of one day, pipeline, component or run."""

    key: Annotated[str, Field(description="the day, the pipeline's slug, the component's reference, or the run's id")]
    name: Annotated[str, Field(description="what people call it")]
    is_partial: Annotated[bool, Field(description="true for a run that has more than what was asked for")]

    @classmethod
    def named(cls, key: str, name: str, sums: statements.Sums, *, is_partial: bool = False) -> Self:
        """One line."""
        return cls(**UsageSums.of(sums).model_dump(), key=key, name=name, is_partial=is_partial)


class UsagePeriod(BaseModel):
    """Days in UTC, both included; an instance counts on the day on which it ended."""

    first: datetime.date
    last: datetime.date
    total: UsageSums

    @classmethod
    def of(cls, period: Period, sums: statements.Sums) -> Self:
        """A period and all of it together."""
        return cls(first=period.first, last=period.last, total=UsageSums.of(sums))


class Usage(BaseModel):
    """What was used in a period, in parts that sum to its total, beside what was used before it."""

    currency: str
    group: Group
    period: UsagePeriod
    previous: UsagePeriod
    items: Annotated[list[UsageItem], Field(description="of pipelines and components the dearest 200")]
    next: Annotated[str | None, Field(description="the cursor of the next page; null but for runs")]


class InstanceUsed(BaseModel):
    """One instance from its start to its end, by the engine's own times, and what it was charged."""

    pipeline: str
    run: str
    node: str
    attempt: int
    component: str
    started_at: datetime.datetime
    ended_at: datetime.datetime
    milliseconds: int
    end_source: Annotated[EndSource, Field(description="`last_seen`: the engine lost it, counted is what it was seen")]
    cpu_millis: int
    memory_mib: int
    currency: str
    per_hour_micros: Annotated[int | None, Field(description="null before it is charged")]
    micros: Annotated[int | None, Field(description="null before it is charged, 0 where the charge was undone")]
    entry: Annotated[str | None, Field(description="the ledger's entry; null before it is charged")]

    @classmethod
    def of(cls, usage: InstanceUsage, charge: Charge | None, *, currency: str) -> Self:
        """From the row, and its charge where there is one."""
        return cls(
            pipeline=usage.pipeline.slug,
            run=usage.run_id,
            node=usage.node,
            attempt=usage.attempt,
            component=usage.component,
            started_at=usage.started_at,
            ended_at=usage.ended_at,
            milliseconds=usage.milliseconds,
            end_source=EndSource(usage.end_source),
            cpu_millis=usage.cpu_millis,
            memory_mib=usage.memory_mib,
            currency=currency,
            per_hour_micros=charge.per_hour if charge else None,
            micros=charge.micros if charge else None,
            entry=charge.entry if charge else None,
        )


class InstanceUsedPage(BaseModel):
    """Some instances, those that ended last first."""

    items: list[InstanceUsed]
    next: Annotated[str | None, Field(description="the cursor of the next page")]


class Running(BaseModel):
    """An instance that runs and is not charged yet."""

    since: datetime.datetime
    per_hour_micros: Micros


class RunCost(BaseModel):
    """What a run costs: what is settled, and what runs since when at which price."""

    run: str
    currency: str
    settled_micros: Annotated[int, Field(description="what ended: charged, or about to be")]
    running: list[Running]
    total_micros: Annotated[int, Field(description="all of it at `at`, every instance rounded down by itself")]
    at: datetime.datetime
