"""Who did what in a team: looked through here, or taken along as CSV."""

import csv
import dataclasses
import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.domain.accounts.audit import actors_of, events_of
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import AuditEvent
from factory.domain.accounts.policy import Action
from factory.doors.pages.access import members_only
from factory.doors.pages.shell import shell

A_PAGE = 50
MOST_ROWS = 100_000
KINDS = (
    ("", "Everything"),
    ("member", "Members"),
    ("invitation", "Invitations"),
    ("token", "API tokens"),
    ("endpoint_token", "Endpoint tokens"),
    ("secret", "Secrets"),
    ("pipeline", "Pipelines"),
    ("version", "Versions"),
    ("run", "Runs"),
    ("component", "Components"),
    ("cap", "Cap"),
    ("credit", "Credit"),
    ("team", "The team"),
)
_LONGEST_NUMBER = 19
"""Digits of what a column holds, and one more."""
_COLUMNS = ("number", "at", "actor", "token", "action", "subject", "details", "digest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@members_only(Action.ADMINISTER)
def show_audit(request: HttpRequest, membership: Membership) -> HttpResponse:
    kind, actor = _kind_of(request), _number_of(request, "actor")
    content = {
        **shell(membership, "team", "audit"),
        "page": _page(_asked(request, membership), _number_of(request, "before"), _number_of(request, "after")),
        "kinds": KINDS,
        "kind": kind,
        "actors": actors_of(team=membership.team),
        "actor": actor,
        "is_narrow": bool(kind) or actor is not None,
    }
    return render(request, "pages/team/audit.html", content)


@require_safe
@members_only(Action.ADMINISTER)
def download_audit(request: HttpRequest, membership: Membership) -> HttpResponseBase:
    rows = _asked(request, membership)[:MOST_ROWS]
    response = StreamingHttpResponse(_lines(rows.iterator(chunk_size=500)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{membership.team.slug}.csv"'
    return response


@dataclasses.dataclass(frozen=True)
class Page:
    """Some events, the newest first, and the numbers behind which newer and older ones are; None where there are none.

    Numbers of events stay as they are while more come, which numbers of pages would not.
    """

    events: list[AuditEvent]
    newer: int | None
    older: int | None


def _page(rows: QuerySet[AuditEvent], before: int | None, after: int | None) -> Page:
    if before is None and after is not None:
        newer = list(rows.filter(number__gt=after).order_by("number")[: A_PAGE + 1])
        # Fewer than a page are on the newest one, which is shown whole.
        if len(newer) > A_PAGE:
            shown = newer[A_PAGE - 1 :: -1]
            has_older = rows.filter(number__lte=after).exists()
            return Page(shown, shown[0].number, shown[-1].number if has_older else None)
    found = list((rows if before is None else rows.filter(number__lt=before))[: A_PAGE + 1])
    shown = found[:A_PAGE]
    has_newer = before is not None and bool(shown) and rows.filter(number__gt=shown[0].number).exists()
    return Page(shown, shown[0].number if has_newer else None, shown[-1].number if len(found) > A_PAGE else None)


class _Line:
    """What a CSV writer writes to, one line at a time."""

    def write(self, text: str) -> str:
        return text


def _lines(events: Iterator[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(_COLUMNS)
    for event in events:
        details = json.dumps(event.details, ensure_ascii=False, sort_keys=True)
        told = (event.actor_name, event.token_prefix, event.action, event.subject, details)
        yield writer.writerow([event.number, event.at.isoformat(), *map(_tamed, told), event.digest])


def _tamed(text: str) -> str:
    """Spreadsheets take some first characters for formulas; behind an apostrophe they are text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _kind_of(request: HttpRequest) -> str:
    given = request.GET.get("kind", "")
    return given if given in {kind for kind, _ in KINDS} else ""


def _number_of(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < _LONGEST_NUMBER else None


def _asked(request: HttpRequest, membership: Membership) -> QuerySet[AuditEvent]:
    return events_of(team=membership.team, action=_kind_of(request), actor=_number_of(request, "actor"))
