"""A team's credit, its cap and its ledger."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.journal import EntryFilter, entries
from factory.domain.billing.limits import limits_of
from factory.domain.billing.models import EntryKind
from factory.domain.billing.month_statement import month_statement
from factory.domain.billing.price_tags import price_tags
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import open_wallet, set_cap
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.paging import USUAL, Cursor, Limit
from factory.doors.api.v1.shapes.billing import Billing, BillingChange, Entry, EntryPage
from factory.doors.api.v1.usage_queries import From, To, days_of, read_place, write_place
from factory.foundation import clock

router = Router(tags=["billing"])
OfKind = Annotated[EntryKind | None, Query(description="of this kind alone")]
OfRun = Annotated[str, Query(max_length=12, pattern=r"^[a-z0-9]*$", description="of this run alone")]


@router.get("/teams/{slug:team}/billing", response=Billing)
def show_billing(request: HttpRequest, team: str) -> Billing:
    """The team's credit, what of it is set aside, its cap, what this month costs so far, and the prices."""
    return _billing(enter_team(request, team, Action.PAY))


@router.patch("/teams/{slug:team}/billing", response=Billing)
def change_billing(request: HttpRequest, team: str, change: BillingChange) -> Billing:
    """Set the most that the team spends in a calendar month, or take that cap away; it holds for what runs, too."""
    membership = enter_team(request, team, Action.PAY)
    set_cap(
        team=membership.team,
        micros=change.cap_micros,
        by=membership.user,
        now=clock.now(),
        token=membership.token,
    )
    return _billing(membership)


@router.get("/teams/{slug:team}/ledger", response=EntryPage)
def list_entries(
    request: HttpRequest,
    team: str,
    kind: OfKind = None,
    run: OfRun = "",
    first: From = None,
    last: To = None,
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> EntryPage:
    """The entries that changed the team's credit, those of all days without `from` and `to`, the newest first."""
    membership = enter_team(request, team, Action.PAY)
    period = days_of(first, last) if first or last else None
    wanted = EntryFilter(membership.team.pk, kind=kind.value if kind else "", run=run, period=period)
    what = f"ledger-{membership.team.pk}"
    place = read_place(what, cursor)
    found = entries(wanted, before=int(place[0]) if place else None, most=limit + 1)
    items = [Entry.of(line, currency=settings.FACTORY_CURRENCY) for line in found[:limit]]
    return EntryPage(items=items, next=write_place(what, found[limit - 1].key) if len(found) > limit else None)


def _billing(membership: Membership) -> Billing:
    now = clock.now()
    open_wallet(team=membership.team, now=now)
    standing = standing_of(membership.team, now)
    limits = limits_of(standing, trial=settings.FACTORY_TRIAL_CREDIT)
    month = month_statement(team_id=membership.team.pk, now=now)
    return Billing.of(standing, limits, month, price_tags(now=now))
