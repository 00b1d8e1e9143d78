"""A team's credit, what may still be spent, the cap it sets itself, what this month costs, and the prices."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.cap_effects import runs_about_to_end
from factory.domain.billing.entering import AmountUnclear, read_amount
from factory.domain.billing.limits import Level, limits_of
from factory.domain.billing.money import UNIT, Micros, decimal
from factory.domain.billing.month_statement import month_statement
from factory.domain.billing.price_tags import price_tags
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import AmountRefused, open_wallet, set_cap
from factory.doors.pages.access import members_only
from factory.doors.pages.shell import shell
from factory.foundation import clock


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(Action.PAY)
def show_billing(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return _show(request, membership)
    typed = request.POST.get("cap", "").strip()
    try:
        cap = read_amount(typed) if typed else None
        set_cap(team=membership.team, micros=cap, by=membership.user, now=clock.now())
        ending = runs_about_to_end(team=membership.team, now=clock.now())
    except (AmountUnclear, AmountRefused) as error:
        return _show(request, membership, typed=typed, refusal=error.message)
    if ending:
        messages.warning(request, f"The cap is set; it holds from now on. {_say_ending(ending)}")
    else:
        messages.success(request, "The cap is taken away." if cap is None else "The cap is set; it holds from now on.")
    return redirect("pages:billing", team=membership.team.slug)


def _show(request: HttpRequest, membership: Membership, *, typed: str = "", refusal: str = "") -> HttpResponse:
    now = clock.now()
    open_wallet(team=membership.team, now=now)
    standing = standing_of(membership.team, now)
    limits = limits_of(standing, trial=settings.FACTORY_TRIAL_CREDIT)
    content = {
        **shell(membership, "usage", "billing"),
        "currency": standing.currency,
        "standing": standing,
        "banners": [limit for limit in limits if limit.level >= Level.HALF],
        "cap": next((limit for limit in limits if limit.what == "cap"), None),
        "month": month_statement(team_id=membership.team.pk, now=now),
        "prices": price_tags(now=now),
        "trial": settings.FACTORY_TRIAL_CREDIT,
        "quantum": settings.FACTORY_CREDIT_QUANTUM_SECONDS,
        "typed": typed or _plain(standing.cap),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "pages/money/billing.html", content, status=422 if refusal else 200)


def _say_ending(runs: int) -> str:
    which = "1 run is" if runs == 1 else f"{runs} runs are"
    return f"It leaves too little for what runs: {which} about to be ended. What ran is charged."


def _plain(cap: Micros | None) -> str:
    """As somebody would type it."""
    if cap is None:
        return ""
    return str(cap // UNIT) if cap % UNIT == 0 else decimal(cap).rstrip("0")
