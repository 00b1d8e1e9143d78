"""One component: what it is, what it may do, what it costs, who uses it, and adding it to a pipeline."""

import dataclasses
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from components.contract.manifest import InputPort, Manifest, OutputPort
from components.contract.parameters import Parameter
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.icons import read_readme
from factory.domain.catalogue.installations import may_install
from factory.domain.marketplace.categories import TITLES
from factory.domain.marketplace.listings import Listing, listing
from factory.domain.marketplace.permissions import permissions_of, resources_of
from factory.domain.marketplace.prices import prices_of
from factory.domain.marketplace.usage import pipelines_using
from factory.domain.pipelines.selectors import pipelines_of
from factory.doors.pages.marketplace_pages.readme import rendered
from factory.doors.pages.marketplace_pages.visitors import Visitor, icon_of, visitor_of
from factory.foundation import clock

_MOST_PIPELINES = 200


@dataclasses.dataclass(frozen=True)
class ShownPort:
    """A port of the drawing, and the formats that it takes or offers."""

    name: str
    type: str
    formats: str
    is_optional: bool


@dataclasses.dataclass(frozen=True)
class ShownParameter:
    """A row of the table of parameters."""

    name: str
    title: str
    help: str
    type: str
    default: str
    values: str
    applies: str


@login_required
@require_safe
def show_listing(request: HttpRequest, name: str) -> HttpResponse:
    visitor = visitor_of(request)
    found = find_listing(name, visitor)
    entry = _chosen(found, request.GET.get("version", ""))
    manifest = entry.manifest
    uses = pipelines_using(name=name, teams=visitor.teams)
    can_manage = entry.release_id is not None and may_install(
        user=visitor.user, team=visitor.team if entry.team_id is not None else None
    )
    return render(
        request,
        "pages/marketplace/listing.html",
        {
            **visitor.context(),
            "listing": found,
            "entry": entry,
            "manifest": manifest,
            "category": TITLES[found.category],
            "icon": icon_of(entry, visitor),
            "price": prices_of([manifest], at=clock.now())[manifest.ref],
            **_drawn(manifest),
            "parameters": [_parameter(key, each) for key, each in manifest.parameters.items()],
            "permissions": permissions_of(manifest),
            "resources": resources_of(manifest),
            "readme": rendered(_without_title(read_readme(entry=entry), manifest)),
            "uses": uses,
            "adding": _adding(visitor, entry),
            "can_manage": can_manage,
        },
    )


def find_listing(name: str, visitor: Visitor) -> Listing:
    """The component of this name; else the page of what is not there."""
    found = listing(name=name, team=visitor.team)
    if found is None:
        raise Http404("There is no component of this name.")
    return found


def _chosen(found: Listing, version: str) -> CatalogueEntry:
    if not version:
        return found.entry
    entry = next((each for each in found.versions if each.manifest.version == version), None)
    if entry is None:
        raise Http404("There is no such version of this component.")
    return entry


def _adding(visitor: Visitor, entry: CatalogueEntry) -> dict[str, Any] | None:
    """What the form needs; None for who may not, or where it is offered no longer."""
    if visitor.team is None or not visitor.may(Action.EDIT) or not entry.is_offered:
        return None
    return {"pipelines": pipelines_of(team=visitor.team)[:_MOST_PIPELINES]}


def _drawn(manifest: Manifest) -> dict[str, list[ShownPort]]:
    return {
        "inputs": [_port(name, port, not port.required) for name, port in manifest.inputs.items()],
        "outputs": [_port(name, port, False) for name, port in manifest.outputs.items()],
    }


def _port(name: str, port: InputPort | OutputPort, is_optional: bool) -> ShownPort:
    return ShownPort(name, port.type.value, ", ".join(fmt.value for fmt in port.formats), is_optional)


def _parameter(name: str, declared: Parameter) -> ShownParameter:
    if declared.enum:
        values = ", ".join(_value(each) for each in declared.enum)
    elif declared.minimum is not None or declared.maximum is not None:
        low = _value(declared.minimum) if declared.minimum is not None else "any"
        high = _value(declared.maximum) if declared.maximum is not None else "any"
        values = f"{low} to {high}"
    else:
        values = f"up to {declared.max_length} characters" if declared.max_length else ""
    default = "a secret of the team" if declared.secret else _value(declared.default)
    return ShownParameter(
        name=name,
        title=declared.title,
        help=declared.help,
        type=declared.type.value,
        default=default or ("must be given" if declared.default is None else "empty"),
        values=f"{values} {declared.unit}".strip() if declared.unit else values,
        applies="while it runs" if declared.apply == "live" else "with the next run",
    )


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _without_title(readme: str, manifest: Manifest) -> str:
    """The page has the title already; most READMEs begin with it."""
    first, _, rest = readme.lstrip().partition("\n")
    said = first.lstrip("# ").strip().casefold()
    return rest if first.startswith("# ") and said in (manifest.title.casefold(), manifest.name) else readme
