"""Usage and the ledger as files for spreadsheets."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.journal import sum_of
from factory.domain.billing.sheets import MOST_ROWS, Sheet, ledger_sheet, usage_sheet
from factory.domain.billing.statements import usages
from factory.doors.pages.access import members_only
from factory.doors.pages.money_pages.access import usage_readers
from factory.doors.pages.money_pages.filters import read_filter
from factory.doors.pages.money_pages.ledger_filter import read_entry_filter
from factory.foundation import clock


@require_safe
@usage_readers
def send_usage(request: HttpRequest, membership: Membership) -> HttpResponseBase:
    asked = read_filter(request.GET, team_id=membership.team.pk, now=clock.now())
    count = usages(asked.usage).count()
    if asked.refusal or count > MOST_ROWS:
        messages.error(request, asked.refusal or _too_many(count))
        return redirect("pages:usage", team=membership.team.slug)
    days = f"{asked.period.first}-to-{asked.period.last}"
    return _send(usage_sheet(asked.usage, currency=settings.FACTORY_CURRENCY), f"usage-{membership.team.slug}-{days}")


@require_safe
@members_only(Action.PAY)
def send_ledger(request: HttpRequest, membership: Membership) -> StreamingHttpResponse:
    asked = read_entry_filter(request.GET, team_id=membership.team.pk, now=clock.now())
    count, _ = sum_of(asked.entries)
    if asked.refusal or 2 * count > MOST_ROWS:
        messages.error(request, asked.refusal or _too_many(2 * count))
        return redirect("pages:ledger", team=membership.team.slug)  # type: ignore[return-value]
    return _send(ledger_sheet(asked.entries, currency=settings.FACTORY_CURRENCY), f"ledger-{membership.team.slug}")


def _too_many(count: int) -> str:
    return f"The file would have {count:,} rows; it may have {MOST_ROWS:,}. Choose a shorter period, or one pipeline."


def _send(sheet: Sheet, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(sheet, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response
