"""What ran for how long, and what it cost."""

import dataclasses
import datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from factory.domain.accounts.policy import Action
from factory.domain.billing import statements
from factory.domain.billing.charges import charges_of
from factory.domain.billing.selectors import run_cost
from factory.domain.billing.sheets import MOST_ROWS, usage_sheet
from factory.domain.billing.statements import UsageFilter
from factory.doors.api.v1.access import enter_run
from factory.doors.api.v1.described import file_of
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.refusals import Refusal
from factory.doors.api.v1.runs import RUNS
from factory.doors.api.v1.shapes.usage import (
    Group,
    InstanceUsed,
    InstanceUsedPage,
    RunCost,
    Running,
    Usage,
    UsageItem,
    UsagePeriod,
)
from factory.doors.api.v1.usage_queries import (
    From,
    OfComponent,
    OfPipeline,
    To,
    enter_usage,
    filter_of,
    read_place,
    write_place,
)
from factory.foundation import clock

router = Router(tags=["usage"])
OfRun = Annotated[str, Query(max_length=12, pattern=r"^[a-z0-9]*$", description="of this run alone")]


@router.get("/teams/{slug:team}/usage", response=Usage)
def show_usage(
    request: HttpRequest,
    team: str,
    first: From = None,
    last: To = None,
    group: Group = Group.DAY,
    pipeline: OfPipeline = "",
    component: OfComponent = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> Usage:
    """What was used in a period, by day, pipeline, component or run; `cursor` and `limit` are for runs."""
    membership = enter_usage(request, team)
    wanted = filter_of(membership, first, last, pipeline, component)
    before = dataclasses.replace(wanted, period=wanted.period.before())
    items, following = _runs(wanted, cursor, limit) if group is Group.RUN else (_parts(wanted, group), None)
    return Usage(
        currency=settings.FACTORY_CURRENCY,
        group=group,
        period=UsagePeriod.of(wanted.period, statements.totals(wanted)),
        previous=UsagePeriod.of(before.period, statements.totals(before)),
        items=items,
        next=following,
    )


@router.get("/teams/{slug:team}/usage/instances", response=InstanceUsedPage)
def list_instances(
    request: HttpRequest,
    team: str,
    first: From = None,
    last: To = None,
    pipeline: OfPipeline = "",
    component: OfComponent = "",
    run: OfRun = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> InstanceUsedPage:
    """The instances that ended in a period, each with the engine's times, its price and its charge."""
    membership = enter_usage(request, team)
    rows = statements.usages(filter_of(membership, first, last, pipeline, component)).select_related("pipeline")
    rows = rows.filter(run_id=run) if run else rows
    page, following = cut(rows, by="ended_at", cursor=cursor, limit=limit, what=f"usage-{membership.team.pk}")
    charged = charges_of(usages=page)
    currency = settings.FACTORY_CURRENCY
    items = [InstanceUsed.of(usage, charged.get(usage.pk), currency=currency) for usage in page]
    return InstanceUsedPage(items=items, next=following)


@router.get("/teams/{slug:team}/usage.csv", openapi_extra=file_of("text/csv"))
def export_usage(
    request: HttpRequest,
    team: str,
    first: From = None,
    last: To = None,
    pipeline: OfPipeline = "",
    component: OfComponent = "",
) -> StreamingHttpResponse:
    """The same instances as a table for spreadsheets (RFC 4180)."""
    membership = enter_usage(request, team)
    wanted = filter_of(membership, first, last, pipeline, component)
    count = statements.usages(wanted).count()
    if count > MOST_ROWS:
        title = f"The file would have {count:,} rows; it may have {MOST_ROWS:,}. Ask for a shorter period."
        raise Refusal(422, "billing:user:file-too-long", title)
    sheet = usage_sheet(wanted, currency=settings.FACTORY_CURRENCY)
    response = StreamingHttpResponse(sheet, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{membership.team.slug}.csv"'
    return response


@router.get(RUNS + "/{slug:run}/cost", response=RunCost)
def show_cost(request: HttpRequest, team: str, slug: str, run: str) -> RunCost:
    """What a run costs until now."""
    _, row = enter_run(request, team, slug, run, Action.SEE)
    now = clock.now()
    cost = run_cost(row.pk, now)
    return RunCost(
        run=row.pk,
        currency=settings.FACTORY_CURRENCY,
        settled_micros=cost.settled,
        running=[Running(since=since, per_hour_micros=per_hour) for since, per_hour in cost.running],
        total_micros=cost.total(now),
        at=now,
    )


def _parts(wanted: UsageFilter, group: Group) -> list[UsageItem]:
    if group is Group.DAY:
        days = statements.by_day(wanted).items()
        return [UsageItem.named(day.isoformat(), day.isoformat(), sums) for day, sums in days]
    lines = statements.by_pipeline(wanted) if group is Group.PIPELINE else statements.by_component(wanted)
    return [UsageItem.named(line.key, line.name, line.sums) for line in lines]


def _runs(wanted: UsageFilter, cursor: str, limit: int) -> tuple[list[UsageItem], str | None]:
    what = f"usage-runs-{wanted.team_id}"
    place = read_place(what, cursor)
    before = (datetime.datetime.fromisoformat(place[0]), place[1]) if place else None
    found = statements.by_run(wanted, before=before, most=limit + 1)
    items = [UsageItem.named(line.run, line.name, line.sums, is_partial=line.is_partial) for line in found[:limit]]
    if len(found) <= limit:
        return items, None
    return items, write_place(what, found[limit - 1].last_ended_at.isoformat(), found[limit - 1].run)
