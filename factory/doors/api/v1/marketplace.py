"""The marketplace: listings found by words, one of them with everything, and the status of what was installed."""

from typing import Annotated

from django.core import signing
from django.http import HttpRequest
from ninja import Query, Router

from components.contract.manifest import Category, Kind
from factory.domain.accounts.models import Team
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.icons import read_readme
from factory.domain.catalogue.services import release_of, set_status
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.domain.marketplace.listings import Listing, listing, search_listings
from factory.domain.marketplace.permissions import permissions_of
from factory.domain.marketplace.prices import prices_of
from factory.domain.marketplace.usage import pipelines_using, teams_seen_by
from factory.doors.api.v1.access import enter_team, person, token_in
from factory.doors.api.v1.components import icon_address
from factory.doors.api.v1.installers import OfTeam, enter_as_installer
from factory.doors.api.v1.paging import USUAL, Cursor, Limit
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.doors.api.v1.shapes.components import Price
from factory.doors.api.v1.shapes.marketplace import (
    ListedPermission,
    ListedUse,
    ListedVersion,
    ListingDetail,
    ListingPage,
    ListingSummary,
    StatusNote,
)
from factory.foundation import clock

router = Router(tags=["marketplace"])
Sought = Annotated[str, Query(max_length=80, description="words that all must be found")]
_SALT = "api-cursor-marketplace"


@router.get("/marketplace/components", response=ListingPage)
def list_listings(
    request: HttpRequest,
    q: Sought = "",
    category: Category | None = None,
    kind: Kind | None = None,
    team: OfTeam = "",
    cursor: Cursor = "",
    limit: Limit = USUAL,
) -> ListingPage:
    """What is offered to everybody, and to a team where one is given; the best match first."""
    of_team = enter_team(request, team, Action.SEE).team if team else None
    found = search_listings(team=of_team, sought=q, category=category, kind=kind)
    first = _offset_of(cursor)
    page = found[first : first + limit]
    following = signing.dumps(first + limit, salt=_SALT) if len(found) > first + limit else None
    return ListingPage(items=_summaries(page, of_team), next=following)


@router.get("/marketplace/components/{str:name}", response=ListingDetail)
def show_listing(request: HttpRequest, name: str, team: OfTeam = "") -> ListingDetail:
    """A component with its README, versions, permissions and the pipelines of yours that use it."""
    membership = enter_team(request, team, Action.SEE) if team else None
    of_team = membership.team if membership is not None else None
    found = listing(name=name, team=of_team)
    if found is None:
        raise not_found()
    teams = [of_team] if of_team is not None else _teams_of(request)
    manifest = found.manifest
    uses = pipelines_using(name=name, teams=teams)
    return ListingDetail(
        **_summaries([found], of_team)[0].model_dump(),
        license=manifest.license,
        keywords=list(manifest.keywords),
        readme=read_readme(entry=found.entry),
        permissions=[
            ListedPermission(words=each.words, needs_trust=each.needs_trust) for each in permissions_of(manifest)
        ],
        versions=[
            ListedVersion(
                ref=each.manifest.ref,
                version=each.manifest.version,
                status=each.status,
                status_note=each.status_note,
                digest=each.digest,
            )
            for each in found.versions
        ],
        used_by=[
            ListedUse(team=use.team, pipeline=use.slug, name=use.name, versions=list(use.versions), where=use.where)
            for use in uses
        ],
    )


@router.post("/marketplace/components/{str:ref}/deprecate", response=ListedVersion)
def deprecate_component(request: HttpRequest, ref: str, said: StatusNote, team: OfTeam = "") -> ListedVersion:
    """Warn whoever uses an installed version; it goes on running and may still be placed."""
    return _set(request, ref, ReleaseStatus.DEPRECATED, said.note, team)


@router.post("/marketplace/components/{str:ref}/yank", response=ListedVersion)
def yank_component(request: HttpRequest, ref: str, said: StatusNote, team: OfTeam = "") -> ListedVersion:
    """Offer an installed version no longer; it goes on running where a pipeline has it."""
    return _set(request, ref, ReleaseStatus.YANKED, said.note, team)


@router.post("/marketplace/components/{str:ref}/restore", response=ListedVersion)
def restore_component(request: HttpRequest, ref: str, team: OfTeam = "") -> ListedVersion:
    """Offer an installed version as before."""
    return _set(request, ref, ReleaseStatus.AVAILABLE, "", team)


def _teams_of(request: HttpRequest) -> list[Team]:
    """Whose pipelines are told of: all of a person's, and of a token's none, since it named no team."""
    return [] if token_in(request) is not None else teams_seen_by(user=person(request))


def _set(request: HttpRequest, ref: str, status: ReleaseStatus, note: str, team: str) -> ListedVersion:
    user, of_team = enter_as_installer(request, team)
    release = release_of(ref=ref, team=of_team)
    changed = set_status(release=release, status=status, note=note, by=user, now=clock.now(), token=token_in(request))
    return ListedVersion(
        ref=changed.ref,
        version=changed.version,
        status=ReleaseStatus(changed.status),
        status_note=changed.status_note,
        digest=changed.digest,
    )


def _summaries(found: list[Listing], team: Team | None) -> list[ListingSummary]:
    prices = prices_of((each.manifest for each in found), at=clock.now())
    return [
        ListingSummary(
            name=each.name,
            ref=each.manifest.ref,
            version=each.manifest.version,
            title=each.manifest.title,
            description=each.manifest.description,
            publisher=each.manifest.publisher,
            kind=each.manifest.kind,
            category=each.category,
            icon=icon_address(each.entry, team),
            status=each.entry.status,
            status_note=each.entry.status_note,
            team=team.slug if team is not None and each.entry.team_id is not None else None,
            price=Price.of(prices[each.manifest.ref]),
        )
        for each in found
    ]


def _offset_of(cursor: str) -> int:
    try:
        return int(signing.loads(cursor, salt=_SALT)) if cursor else 0
    except (signing.BadSignature, ValueError, TypeError):
        title = "The cursor is none that this list gave out; begin again without one."
        raise Refusal(422, "api:user:cursor", title) from None
