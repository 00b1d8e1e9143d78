"""What a team used in a period: its sums by day, pipeline, component and run, each the sum of charges in the ledger.

Days, pipelines and components come from the sums kept with every charge; a run that a period or a component cuts in
two is added up from its rows.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from factory.domain.billing.models import AccountKind, JournalEntry, Posting, RunUsage, UsageDay
from factory.domain.billing.money import Micros
from factory.domain.billing.periods import Period
from factory.domain.metering.models import InstanceUsage
from factory.domain.pipelines.models import Pipeline

MOST_LINES = 200
"""Of pipelines or components, the dearest; what else there is, a page says as one line."""
MOST_RUNS = 100
_SUMS = {name: Sum(name, default=0) for name in ("instances", "milliseconds", "micros")}


@dataclasses.dataclass(slots=True, unsafe_hash=True)
class Sums:
    """How many instances ended, how long they ran together, and what was charged for them."""

    instances: int = 0
    milliseconds: int = 0
    micros: Micros = 0

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(
            self.instances - other.instances, self.milliseconds - other.milliseconds, self.micros - other.micros
        )


@dataclasses.dataclass(frozen=True)
class UsageFilter:
    """Which usage: what ended in the period, of all or of one pipeline and component.

    Attributes:
        pipeline: a slug; it stands for whatever pipeline of the team has or had it. Empty for all.
        component: a reference as `overlay@1.0.0`, or a name for all its versions. Empty for all.
    """

    team_id: int
    period: Period
    pipeline: str = ""
    component: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """The sums of one pipeline (`key` is its slug) or component (`key` is its reference)."""

    key: str
    name: str
    sums: Sums
    is_archived: bool = False


@dataclasses.dataclass(frozen=True)
class RunLine:
    """The sums of one run within the filter; `is_partial` where the run has more than that."""

    run: str
    pipeline: str
    name: str
    requested_at: datetime.datetime
    last_ended_at: datetime.datetime
    sums: Sums
    is_partial: bool


def totals(wanted: UsageFilter) -> Sums:
    """All of it together."""
    return _sums(_days(wanted).aggregate(**_SUMS))


def by_day(wanted: UsageFilter) -> dict[datetime.date, Sums]:
    """The days on which something ended, the first one first."""
    rows = _days(wanted).values("day").annotate(**_SUMS).order_by("day")
    return {row["day"]: _sums(row) for row in rows}


def by_component_and_day(wanted: UsageFilter) -> dict[str, dict[datetime.date, Sums]]:
    """For each component reference the days on which instances of it ended; all that a page draws, in one query."""
    found: dict[str, dict[datetime.date, Sums]] = defaultdict(dict)
    rows = _days(wanted).values("component", "day").annotate(**_SUMS).order_by()
    for component, day, *sums in rows.values_list("component", "day", *_SUMS):
        found[component][day] = Sums(*sums)
    return dict(found)


def of_component(
    cells: Mapping[str, Mapping[datetime.date, Sums]], component: str
) -> dict[str, Mapping[datetime.date, Sums]]:
    """Of the same those that a filter's component stands for. Pure."""
    if not component:
        return dict(cells)
    return {key: days for key, days in cells.items() if component in (key, key.partition("@")[0])}


def lines_of(cells: Mapping[str, Mapping[datetime.date, Sums]]) -> list[Line]:
    """The same as lines, the dearest component first. Pure."""
    lines = [Line(each, each, sum_up(days.values())) for each, days in cells.items()]
    return sorted(lines, key=lambda line: (-line.sums.micros, -line.sums.milliseconds, line.key))


def days_of(cells: Mapping[str, Mapping[datetime.date, Sums]]) -> dict[datetime.date, Sums]:
    """The same by day, all components together, the first day first. Pure."""
    found: dict[datetime.date, list[Sums]] = defaultdict(list)
    for days in cells.values():
        for day, sums in days.items():
            found[day].append(sums)
    return {day: sum_up(found[day]) for day in sorted(found)}


def sum_up(parts: Iterable[Sums]) -> Sums:
    """All of them together. Pure."""
    instances = milliseconds = micros = 0
    for part in parts:
        instances, milliseconds, micros = (
            instances + part.instances,
            milliseconds + part.milliseconds,
            micros + part.micros,
        )
    return Sums(instances, milliseconds, micros)


def by_component(wanted: UsageFilter, *, most: int = MOST_LINES) -> list[Line]:
    """Components by reference, the dearest first."""
    rows = _days(wanted).values("component").annotate(**_SUMS).order_by("-micros", "-milliseconds", "component")
    return [Line(row["component"], row["component"], _sums(row)) for row in rows[:most]]


def by_pipeline(wanted: UsageFilter, *, most: int = MOST_LINES) -> list[Line]:
    """Pipelines by slug, the dearest first; archived ones count with the one that has their slug now."""
    # Their names are joined here: the database would look each of them up once a row.
    rows = {row["pipeline"]: _sums(row) for row in _days(wanted).values("pipeline").annotate(**_SUMS).order_by()}
    found: dict[str, Line] = {}
    pipelines = Pipeline.objects.filter(pk__in=rows).order_by("pk")
    for key, slug, name, archived_at in pipelines.values_list("pk", "slug", "name", "archived_at"):
        line = found.get(slug, Line(slug, name, Sums(), is_archived=True))
        named = name if archived_at is None or line.is_archived else line.name
        found[slug] = Line(slug, named, sum_up([line.sums, rows[key]]), line.is_archived and archived_at is not None)
    lines = sorted(found.values(), key=lambda line: (-line.sums.micros, -line.sums.milliseconds, line.key))
    return lines[:most]


def by_run(
    wanted: UsageFilter, *, before: tuple[datetime.datetime, str] | None = None, most: int = MOST_RUNS
) -> list[RunLine]:
    """Runs, those that ended last first.

    Args:
        wanted: which usage.
        before: the `last_ended_at` and the id of the line after which to go on.
        most: how many lines at most.
    """
    period = wanted.period
    rows = RunUsage.objects.filter(
        team_id=wanted.team_id, last_ended_at__gte=period.start, first_ended_at__lt=period.end
    )
    if wanted.pipeline:
        rows = rows.filter(pipeline__in=pipelines_called(wanted))
    is_whole = Q(first_ended_at__gte=period.start, last_ended_at__lt=period.end)
    has_some = Exists(usages(wanted).filter(run_id=OuterRef("pk")))
    rows = rows.filter(has_some) if wanted.component else rows.filter(is_whole | Q(has_some))
    if before is not None:
        rows = rows.filter(Q(last_ended_at__lt=before[0]) | Q(last_ended_at=before[0], pk__lt=before[1]))
    rows = rows.annotate(
        whole=Case(When(is_whole, then=Value(1)), default=Value(0), output_field=IntegerField())
    ).select_related("run", "pipeline")
    found = list(rows.order_by("-last_ended_at", "-pk")[:most])
    cut = [row.pk for row in found if wanted.component or not row.whole]
    pieces = _sums_of_runs(wanted, cut) if cut else {}
    return [_run_line(row, pieces.get(row.pk)) for row in found]


def has_usage(*, team_id: int) -> bool:
    """Whether anything of the team ever ended and was charged."""
    return UsageDay.objects.filter(team_id=team_id).exists()


def usages(wanted: UsageFilter) -> QuerySet[InstanceUsage]:
    """The rows behind it, one an instance."""
    rows: QuerySet[InstanceUsage] = InstanceUsage.objects.filter(used_as(wanted))
    return rows


def used_as(wanted: UsageFilter, before: str = "") -> Q:
    """The same as a condition on rows that lead to usage; `before` is the way there, such as `entry__usage__`."""
    period = wanted.period
    asked: dict[str, Any] = {"team_id": wanted.team_id, "ended_at__gte": period.start, "ended_at__lt": period.end}
    if wanted.pipeline:
        asked["pipeline__in"] = pipelines_called(wanted)
    if wanted.component:
        is_reference = "@" in wanted.component
        asked |= {"component": wanted.component} if is_reference else {"component__startswith": f"{wanted.component}@"}
    return Q(**{f"{before}{name}": value for name, value in asked.items()})


def charges(wanted: UsageFilter) -> QuerySet[Posting]:
    """The postings to the team's credit for it: of each charge, and of what undid one. They sum to minus the total."""
    return _charges(wanted.team_id, usages(wanted))


def _charges(team_id: int, rows: QuerySet[InstanceUsage]) -> QuerySet[Posting]:
    mine: QuerySet[Posting] = Posting.objects.filter(account__kind=AccountKind.CREDIT.value, account__team_id=team_id)
    # Joined by OR, each entry of the team would be looked at, however few are meant.
    made = JournalEntry.objects.filter(usage__in=rows.values("pk")).values("pk")
    undone = JournalEntry.objects.filter(reverses__usage__in=rows.values("pk")).values("pk")
    return mine.filter(entry__in=made.union(undone, all=True))


def pipelines_called(wanted: UsageFilter) -> list[int]:
    """Keys of the pipelines that the filter's slug stands for."""
    return list(Pipeline.objects.filter(team_id=wanted.team_id, slug=wanted.pipeline).values_list("pk", flat=True))


def pipelines_to_choose(*, team_id: int, most: int = MOST_LINES) -> list[tuple[str, str]]:
    """Slug and name of the team's pipelines, by name, to choose one; archived ones, too."""
    rows = Pipeline.objects.filter(team_id=team_id).values_list("slug", "name")
    named: dict[str, str] = {}
    for slug, name in rows.order_by(F("archived_at").desc(nulls_first=True), "-pk")[:most]:
        named.setdefault(slug, name)
    return sorted(named.items(), key=lambda each: (each[1].casefold(), each[0]))


def _days(wanted: UsageFilter) -> QuerySet[UsageDay]:
    days = UsageDay.objects.filter(team_id=wanted.team_id, day__gte=wanted.period.first, day__lte=wanted.period.last)
    if wanted.pipeline:
        days = days.filter(pipeline__in=pipelines_called(wanted))
    return days.filter(_component(wanted.component)) if wanted.component else days


def _component(wanted: str) -> Q:
    return Q(component=wanted) if "@" in wanted else Q(component__startswith=f"{wanted}@")


def _sums_of_runs(wanted: UsageFilter, runs: list[str]) -> dict[str, Sums]:
    mine = usages(wanted).filter(run__in=runs)
    taken = _charges(wanted.team_id, mine).filter(entry__run__in=runs).values("entry__run").annotate(sum=Sum("amount"))
    amounts = {row["entry__run"]: -row["sum"] for row in taken}
    rows = mine.values("run").annotate(milliseconds=Sum("milliseconds"), instances=Count("pk"))
    return {row["run"]: Sums(row["instances"], row["milliseconds"], amounts.get(row["run"], 0)) for row in rows}


def _run_line(row: RunUsage, piece: Sums | None) -> RunLine:
    whole = Sums(row.instances, row.milliseconds, row.micros)
    sums = whole if piece is None else piece
    return RunLine(
        row.pk, row.pipeline.slug, row.pipeline.name, row.run.requested_at, row.last_ended_at, sums, sums != whole
    )


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(row["instances"], row["milliseconds"], row["micros"])
