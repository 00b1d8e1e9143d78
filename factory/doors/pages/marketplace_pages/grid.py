"""The marketplace: every component there is for a team, found by words, category and kind."""

import dataclasses

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from components.contract.manifest import Category, Kind
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.installations import may_install
from factory.domain.marketplace.categories import KIND_TITLES, TITLES
from factory.domain.marketplace.listings import Listing, search_listings
from factory.domain.marketplace.prices import Price, prices_of
from factory.doors.pages.marketplace_pages.visitors import Visitor, icon_of, visitor_of
from factory.foundation import clock

A_PAGE = 24
_LONGEST_SEARCH = 80


@dataclasses.dataclass(frozen=True)
class Card:
    """What the grid shows of a component."""

    listing: Listing
    icon: str
    price: Price
    category: str
    kind: str


@dataclasses.dataclass(frozen=True)
class Choice:
    """A heading that the grid can be narrowed to, and how many are below it."""

    value: str
    title: str
    count: int
    is_chosen: bool


@login_required
@require_safe
def show_marketplace(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    given = request.GET.get("q", "")[:_LONGEST_SEARCH]
    sought = "".join(letter for letter in given if letter.isprintable()).strip()
    category = next((each for each in Category if each.value == request.GET.get("category")), None)
    kind = next((each for each in Kind if each.value == request.GET.get("kind")), None)
    found = search_listings(team=visitor.team, sought=sought)
    shown = [each for each in found if category in (None, each.category) and kind in (None, each.manifest.kind)]
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/marketplace/grid.html",
        {
            **visitor.context(),
            "sought": sought,
            "page": page,
            "cards": _cards(list(page), visitor),
            "categories": _categories(found, category),
            "kinds": _kinds(found, kind),
            "narrowed": bool(sought or category or kind),
            "may_install": may_install(user=visitor.user, team=None) or visitor.may(Action.ADMINISTER),
        },
    )


def _cards(found: list[Listing], visitor: Visitor) -> list[Card]:
    prices = prices_of((each.manifest for each in found), at=clock.now())
    return [
        Card(
            listing=each,
            icon=icon_of(each.entry, visitor),
            price=prices[each.manifest.ref],
            category=TITLES[each.category],
            kind=each.manifest.kind.value,
        )
        for each in found
    ]


def _categories(found: list[Listing], chosen: Category | None) -> list[Choice]:
    counts = {category: sum(each.category is category for each in found) for category in Category}
    return [
        Choice(category.value, TITLES[category], count, category is chosen)
        for category, count in counts.items()
        if count or category is chosen
    ]


def _kinds(found: list[Listing], chosen: Kind | None) -> list[Choice]:
    counts = {kind: sum(each.manifest.kind is kind for each in found) for kind in Kind}
    return [Choice(kind.value, KIND_TITLES[kind], count, kind is chosen) for kind, count in counts.items()]
