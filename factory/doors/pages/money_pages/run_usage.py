"""One run: each of its containers with the engine's times, its price and its charge, and all on one line of time."""

import dataclasses
import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.billing.run_statement import InstanceLine, run_statement
from factory.domain.runs.models import Run
from factory.doors.pages.money_pages.access import usage_readers
from factory.doors.pages.shell import shell
from factory.foundation import clock

WIDTH = 1000
"""Of the drawing, in units of its own."""
_LEAST = 3


@dataclasses.dataclass(frozen=True)
class Bar:
    """Where a container lies on the line of time; `ready` is where it became ready, None where it did not."""

    left: int
    width: int
    ready: int | None


@require_safe
@usage_readers
def show_run(request: HttpRequest, membership: Membership, run: str) -> HttpResponse:
    found = Run.objects.filter(team=membership.team, pk=run).select_related("version__pipeline").first()
    if found is None:
        raise Http404("The team has no run of this name.")
    now = clock.now()
    statement = run_statement(run=found, now=now)
    begin, end = span_of(statement.lines, found.requested_at, found.stopped_at or now)
    content = {
        **shell(membership, "usage", "usage"),
        "currency": settings.FACTORY_CURRENCY,
        "run": found,
        "pipeline": found.version.pipeline,
        "statement": statement,
        "rows": [(line, bar_of(line, begin, end, now)) for line in statement.lines],
        "begin": begin,
        "end": end,
        "width": WIDTH,
        "now": now,
    }
    return render(request, "pages/money/run.html", content)


def span_of(
    lines: tuple[InstanceLine, ...], begin: datetime.datetime, end: datetime.datetime
) -> tuple[datetime.datetime, datetime.datetime]:
    """From the first moment to the last; engine and site may have different clocks."""
    starts = [line.started_at for line in lines if line.started_at is not None]
    ends = [line.ended_at for line in lines if line.ended_at is not None]
    return min([begin, *starts]), max([end, *ends, *starts])


def bar_of(line: InstanceLine, begin: datetime.datetime, end: datetime.datetime, now: datetime.datetime) -> Bar | None:
    """The bar of a container; None for one that never started."""
    if line.started_at is None:
        return None
    left = _place(line.started_at, begin, end)
    right = _place(line.ended_at or now, begin, end)
    ready = _place(line.ready_at, begin, end) if line.ready_at is not None else None
    width = max(_LEAST, right - left)
    return Bar(min(left, WIDTH - width), width, ready)


def _place(moment: datetime.datetime, begin: datetime.datetime, end: datetime.datetime) -> int:
    whole = (end - begin).total_seconds()
    if whole <= 0:
        return 0
    return max(0, min(WIDTH, round(WIDTH * (moment - begin).total_seconds() / whole)))
