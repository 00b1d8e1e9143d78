"""Installations: a file comes in pieces, a worker makes a component of it, and everybody who may sees how far it is.

In pieces, since no address of this site takes a large body: what is not yet known to be wanted fills no disk.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from factory.domain.catalogue import installations, models
from factory.domain.catalogue.statuses import InstallationState
from factory.doors.api.v1.bodies import MAX_BODY_BYTES
from factory.doors.api.v1.installers import OfTeam, enter_as_installer
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.doors.api.v1.shapes.marketplace import Installation, InstallationPage, NewInstallation
from factory.foundation import clock
from factory.orchestration import uploads
from factory.orchestration.uploads import PieceRefused

router = Router(tags=["installations"])
PIECE_BYTES = min(uploads.PIECE_BYTES, MAX_BODY_BYTES)
_TYPE = "application/octet-stream"
Offset = Annotated[int, Query(ge=0, description="how many bytes of the file come before these")]


def _piece_body() -> dict[str, Any]:
    content = {_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "content": content}}


@router.post("/installations", response={201: Installation})
def begin_installation(request: HttpRequest, response: HttpResponse, new: NewInstallation) -> Installation:
    """Ask for an installation; the file's pieces follow. An image archive, or a packed component's folder."""
    user, team = enter_as_installer(request, new.team)
    uploads.require_room(size=new.size)
    row = installations.begin_installation(team=team, file_name=new.file_name, size=new.size, by=user, now=clock.now())
    response["Location"] = f"/api/v1/installations/{row.pk}"
    return _answer(row)


@router.get("/installations", response=InstallationPage)
def list_installations(
    request: HttpRequest, team: OfTeam = "", cursor: Cursor = "", limit: Limit = USUAL
) -> InstallationPage:
    """Those of a team, or without one those for everybody; the newest first."""
    _, of_team = enter_as_installer(request, team)
    rows = installations.installations_of(team=of_team)
    page, following = cut(rows, by="asked_at", cursor=cursor, limit=limit, what="installations")
    return InstallationPage(items=[_answer(row) for row in page], next=following)


@router.get("/installations/{str:installation}", response=Installation)
def show_installation(request: HttpRequest, installation: str) -> Installation:
    """How far an installation is, and everything that is wrong with what was uploaded."""
    return _answer(_enter(request, installation))


@router.put("/installations/{str:installation}/content", response=Installation, openapi_extra=_piece_body())
def add_piece(request: HttpRequest, installation: str, offset: Offset) -> Installation:
    """Send the next piece of the file; after the last one a worker begins. A piece sent twice is fine."""
    row = _enter(request, installation)
    if (request.content_type or "").lower() != _TYPE:
        raise Refusal(
            415, "api:user:media-type", f"Send the piece with Content-Type: {_TYPE}.", headers={"Accept": _TYPE}
        )
    if row.installation_state is not InstallationState.UPLOADING:
        return _answer(row)
    try:
        here = uploads.add_piece(installation=row, offset=offset, piece=request.body)
    except PieceRefused as error:
        raise Refusal.of(error, 409, offset=error.offset) from None
    if here == row.size:
        installations.finish_upload(installation_id=row.pk, now=clock.now())
    else:
        installations.note_piece(installation_id=row.pk, now=clock.now())
    return _answer(_enter(request, installation))


def _enter(request: HttpRequest, installation: str) -> models.Installation:
    """An installation, for who may install where it belongs; to everybody else there is none."""
    found = models.Installation.objects.select_related("team", "release").filter(pk=installation).first()
    if found is None:
        raise not_found()
    try:
        enter_as_installer(request, found.team.slug if found.team is not None else None)
    except Refusal as refusal:
        raise (refusal if refusal.status == 401 else not_found()) from None
    return found


def _answer(row: models.Installation) -> Installation:
    is_coming = row.installation_state is InstallationState.UPLOADING
    offset = uploads.uploaded(row.pk) if is_coming else row.size
    return Installation.of(row, offset=offset, piece_bytes=PIECE_BYTES)
