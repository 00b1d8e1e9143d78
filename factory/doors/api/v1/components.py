"""The components that there are for everybody and for a team, and their pictures."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from factory.domain.accounts.models import Team
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.components import component, entries
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.icons import read_icon
from factory.domain.marketplace.prices import Price as WorkedOut
from factory.domain.marketplace.prices import prices_of
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.described import file_of
from factory.doors.api.v1.refusals import not_found
from factory.doors.api.v1.shapes.components import Component, Price
from factory.foundation import clock

router = Router(tags=["components"])
_ICON_HEADERS = {
    # An SVG may hold scripts; one that is opened as a page runs none and reaches nothing.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
}


@router.get("/components", response=list[Component])
def list_components(request: HttpRequest) -> list[BaseModel]:
    """Every component that everybody has, with its ports and parameters."""
    return _list(None)


@router.get("/components/{str:ref}/icon", openapi_extra=file_of("image/svg+xml"))
def show_icon(request: HttpRequest, ref: str) -> HttpResponse:
    """The picture of a component."""
    return _show_icon(component(ref))


@router.get("/teams/{slug:team}/components", response=list[Component])
def list_team_components(request: HttpRequest, team: str) -> list[BaseModel]:
    """Every component that the team's pipelines may have: everybody's, and the team's own."""
    return _list(enter_team(request, team, Action.SEE).team)


@router.get("/teams/{slug:team}/components/{str:ref}/icon", openapi_extra=file_of("image/svg+xml"))
def show_team_icon(request: HttpRequest, team: str, ref: str) -> HttpResponse:
    """The picture of a component that the team has."""
    return _show_icon(component(ref, enter_team(request, team, Action.SEE).team))


def icon_address(entry: CatalogueEntry, team: Team | None) -> str:
    """Where the picture of a component is, for who may see it."""
    owner = f"teams/{team.slug}/" if team is not None and entry.team_id is not None else ""
    return f"/api/v1/{owner}components/{entry.manifest.ref}/icon"


def _list(team: Team | None) -> list[BaseModel]:
    known = entries(team)
    prices = prices_of((entry.manifest for entry in known.values()), at=clock.now())
    return [_value_of(entry, team, prices[ref]) for ref, entry in known.items()]


def _show_icon(entry: CatalogueEntry) -> HttpResponse:
    picture = read_icon(entry=entry)
    if picture is None:
        raise not_found()
    return HttpResponse(picture, content_type="image/svg+xml", headers=_ICON_HEADERS)


def _value_of(entry: CatalogueEntry, team: Team | None, price: WorkedOut) -> BaseModel:
    added = {
        "ref": entry.manifest.ref,
        "icon": icon_address(entry, team),
        "status": entry.status,
        "status_note": entry.status_note,
        "price": Price.of(price),
    }
    return Component(**dict(entry.manifest) | added)
