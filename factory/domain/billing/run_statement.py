"""What one run used: each of its containers with the engine's times, its price, its charge and the entry of it."""

import dataclasses
import datetime
from typing import Any

from factory.domain.billing.charges import Charge, charges_of
from factory.domain.billing.models import RunUsage
from factory.domain.billing.money import Micros, amount_of
from factory.domain.billing.price_book import PriceBook
from factory.domain.billing.statements import Sums
from factory.domain.metering.measuring import given_to, measure
from factory.domain.metering.models import InstanceUsage
from factory.domain.runs.models import Instance, Run, RunNode

MOST_INSTANCES = 500


@dataclasses.dataclass(frozen=True)
class InstanceLine:
    """One container of a run.

    Attributes:
        started_at, ended_at: the engine's times.
        ready_at: when the component said that it can take media.
        milliseconds: between start and end, until now while it runs.
        per_hour: what it costs an hour.
        micros: what is charged; what it would be now where nothing is charged yet.
        entry: the key of the journal's entry, empty before there is one.
        is_reversed: another entry undid the charge.
    """

    node: str
    attempt: int
    component: str
    started_at: datetime.datetime | None
    ready_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    milliseconds: int
    end_source: str
    cpu_millis: int
    memory_mib: int
    per_hour: Micros
    micros: Micros
    exit_code: int | None
    end_reason: str
    out_of_memory: bool
    entry: str = ""
    is_reversed: bool = False

    @property
    def is_charged(self) -> bool:
        """Whether the amount is that of an entry, and no estimate."""
        return bool(self.entry)

    @property
    def end_words(self) -> str:
        """How it ended, said once: "ended, exit code 0", "was killed (exit code 137)", "runs"; empty for unknown."""
        if self.is_running:
            return "runs"
        if self.exit_code is None:
            return self.end_reason.removeprefix("it ")
        ended = f"ended, exit code {self.exit_code}"
        reason = self.end_reason.replace(f"it ended with exit code {self.exit_code}", ended, 1).removeprefix("it ")
        if not reason or f"exit code {self.exit_code}" in reason:
            return reason or ended
        return f"{ended}: {reason}"

    @property
    def is_running(self) -> bool:
        """It has started and nobody saw its end."""
        return self.started_at is not None and self.ended_at is None


@dataclasses.dataclass(frozen=True)
class RunStatement:
    """A run's containers and what they cost together; `settled` is what the ledger has of it.

    `is_cut` where it has more containers than are shown: then the newest are.
    """

    lines: tuple[InstanceLine, ...]
    settled: Sums
    estimated: Micros
    is_cut: bool


def run_statement(*, run: Run, now: datetime.datetime, most: int = MOST_INSTANCES) -> RunStatement:
    """What a run used until now, by node and attempt; a handful of queries, however many containers it has."""
    newest = Instance.objects.filter(run=run).select_related("run__team").order_by("-pk")[: most + 1]
    instances = sorted(newest[:most], key=lambda each: (each.node, each.attempt))
    components = dict(RunNode.objects.filter(run=run).values_list("name", "component"))
    usages = {usage.instance_id: usage for usage in InstanceUsage.objects.filter(instance__in=instances)}
    charged = charges_of(usages=list(usages.values()))
    book = PriceBook()
    lines = tuple(
        _charged(instance, usages[instance.pk], charged[usages[instance.pk].pk])
        if instance.pk in usages and usages[instance.pk].pk in charged
        else _estimated(instance, components.get(instance.node, ""), book, now)
        for instance in instances
    )
    kept = RunUsage.objects.filter(pk=run.pk).values_list("instances", "milliseconds", "micros").first()
    estimated = sum(line.micros for line in lines if not line.is_charged)
    return RunStatement(lines, Sums(*kept) if kept else Sums(), estimated, len(newest) > most)


def _charged(instance: Instance, usage: InstanceUsage, charge: Charge) -> InstanceLine:
    return InstanceLine(
        component=usage.component,
        started_at=usage.started_at,
        ended_at=usage.ended_at,
        milliseconds=usage.milliseconds,
        end_source=usage.end_source,
        cpu_millis=usage.cpu_millis,
        memory_mib=usage.memory_mib,
        per_hour=charge.per_hour,
        micros=charge.micros,
        entry=charge.entry,
        is_reversed=charge.is_reversed,
        **_told(instance),
    )


def _estimated(instance: Instance, component: str, book: PriceBook, now: datetime.datetime) -> InstanceLine:
    cpu_millis, memory_mib = given_to(instance, component)
    ended_at, milliseconds, source, per_hour = None, 0, "", 0
    if instance.started_at is not None:
        per_hour = book.rate_of(component, cpu_millis, memory_mib, instance.started_at)
        finished_at = now if instance.ended_at is None else instance.finished_at
        until, milliseconds, said = measure(
            started_at=instance.started_at, finished_at=finished_at, seen_at=instance.seen_at
        )
        if instance.ended_at is not None:
            ended_at, source = until, said.value
    return InstanceLine(
        component=component,
        started_at=instance.started_at,
        ended_at=ended_at,
        milliseconds=milliseconds,
        end_source=source,
        cpu_millis=cpu_millis,
        memory_mib=memory_mib,
        per_hour=per_hour,
        micros=amount_of(milliseconds, per_hour),
        **_told(instance),
    )


def _told(instance: Instance) -> dict[str, Any]:
    return {
        "node": instance.node,
        "attempt": instance.attempt,
        "ready_at": instance.ready_at,
        "exit_code": instance.exit_code,
        "end_reason": instance.end_reason,
        "out_of_memory": instance.out_of_memory,
    }
