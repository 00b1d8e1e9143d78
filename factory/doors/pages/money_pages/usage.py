"""What a team used: by day, pipeline, component and run, each sum leading to what makes it."""

import dataclasses
import datetime
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.billing import statements
from factory.domain.billing.open_costs import open_costs, running_runs
from factory.domain.billing.periods import Preset
from factory.domain.billing.statements import Line, Sums, sum_up
from factory.doors.pages.money_pages.access import usage_readers
from factory.doors.pages.money_pages.chart import chart_of
from factory.doors.pages.money_pages.filters import Asked, choices, read_filter
from factory.doors.pages.shell import shell
from factory.foundation import clock

RUNS_A_PAGE = 25
LINES = 50
"""Of pipelines and components; what else there is, is one line."""
_RUN = re.compile(r"[a-z0-9]{1,12}")


@require_safe
@usage_readers
def show_usage(request: HttpRequest, membership: Membership) -> HttpResponse:
    now = clock.now()
    asked = read_filter(request.GET, team_id=membership.team.pk, now=now)
    wanted = asked.usage
    # All components in one question; which of them are wanted is chosen here, the others are what could be.
    all_cells = statements.by_component_and_day(dataclasses.replace(wanted, component=""))
    cells = statements.of_component(all_cells, wanted.component)
    days, components = statements.days_of(cells), statements.lines_of(cells)
    total = sum_up(days.values())
    before = dataclasses.replace(wanted, period=wanted.period.before())
    content = {
        **shell(membership, "usage", "usage"),
        **choices(asked, components=list(all_cells)),
        "currency": settings.FACTORY_CURRENCY,
        "total": total,
        "before": before.period,
        "earlier": statements.totals(before),
        "running": running_runs(open_costs(team_id=membership.team.pk, now=now)),
        "now": now,
        "is_empty": not days and not statements.has_usage(team_id=membership.team.pk),
        "days": [(day.isoformat(), sums) for day, sums in reversed(days.items())],
        "day_address": asked.address(period=Preset.CUSTOM, **{"from": "", "to": ""}),
        "by_pipeline": _table(statements.by_pipeline(wanted), asked, "pipeline", total),
        "by_component": _table(components, asked, "component", total),
        "chart": chart_of(cells, components, wanted.period, currency=settings.FACTORY_CURRENCY),
        **_runs(asked, request.GET.get("before", "")),
    }
    return render(request, "pages/money/usage.html", content, status=422 if asked.refusal else 200)


def _table(lines: list[Line], asked: Asked, name: str, total: Sums) -> dict[str, Any]:
    shown = lines[:LINES]
    rest = total - sum_up(line.sums for line in shown)
    return {
        "rows": [(line, asked.address(**{name: line.key}), asked.exact(**{name: line.key})) for line in shown],
        "rest": rest if rest != Sums() else None,
    }


def _runs(asked: Asked, place: str) -> dict[str, Any]:
    found = statements.by_run(asked.usage, before=_read_place(place), most=RUNS_A_PAGE + 1)
    shown, last = found[:RUNS_A_PAGE], found[RUNS_A_PAGE - 1 : RUNS_A_PAGE]
    following = f"{last[0].last_ended_at.isoformat()}~{last[0].run}" if len(found) > RUNS_A_PAGE else ""
    lines = [(line, asked.address(pipeline=line.pipeline)) for line in shown]
    return {"runs": lines, "older_runs": following, "is_later_page": bool(place)}


def _read_place(text: str) -> tuple[datetime.datetime, str] | None:
    moment, _, run = text.partition("~")
    try:
        at = datetime.datetime.fromisoformat(moment).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
    return (at, run) if _RUN.fullmatch(run) else None
