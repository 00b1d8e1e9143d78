"""The ledger of a team: every entry that moved its credit, with both its sides."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.journal import entries, sum_of
from factory.doors.pages.access import members_only
from factory.doors.pages.money_pages.filters import choices
from factory.doors.pages.money_pages.ledger_filter import KINDS, read_entry_filter
from factory.doors.pages.shell import shell
from factory.foundation import clock

A_PAGE = 50


@require_safe
@members_only(Action.PAY)
def show_ledger(request: HttpRequest, membership: Membership) -> HttpResponse:
    asked = read_entry_filter(request.GET, team_id=membership.team.pk, now=clock.now())
    place = request.GET.get("before", "")
    before = int(place) if place.isdecimal() and len(place) < 19 else None
    found = entries(asked.entries, before=before, most=A_PAGE + 1)
    count, total = sum_of(asked.entries)
    content = {
        **shell(membership, "usage", "ledger"),
        **choices(asked.usage),
        "currency": settings.FACTORY_CURRENCY,
        "kinds": KINDS.items(),
        "wanted": asked,
        "entries": found[:A_PAGE],
        "older": found[A_PAGE - 1].key if len(found) > A_PAGE else None,
        "is_later_page": before is not None,
        "count": count,
        "total": total,
    }
    return render(request, "pages/money/ledger.html", content, status=422 if asked.refusal else 200)
