"""Who did what in a team: looked through here, or taken along as CSV."""

import csv
import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.domain.accounts.audit import events_of
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
_COLUMNS = ("number", "at", "actor", "token", "action", "subject", "details", "digest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@members_only(Action.ADMINISTER)
def show_audit(request: HttpRequest, membership: Membership) -> HttpResponse:
    kind = _kind_of(request)
    pages = Paginator(events_of(team=membership.team, action=kind), A_PAGE)
    content = {
        **shell(membership, "team", "audit"),
        "page": pages.get_page(request.GET.get("page")),
        "kinds": KINDS,
        "kind": kind,
    }
    return render(request, "pages/team/audit.html", content)


@require_safe
@members_only(Action.ADMINISTER)
def download_audit(request: HttpRequest, membership: Membership) -> HttpResponseBase:
    rows = events_of(team=membership.team, action=_kind_of(request))[:MOST_ROWS]
    response = StreamingHttpResponse(_lines(rows.iterator(chunk_size=500)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{membership.team.slug}.csv"'
    return response


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
