"""The files of a run, whole or in parts, also while they are written."""

import re
from pathlib import Path
from typing import Annotated

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router

from factory.domain.accounts.policy import Action
from factory.domain.runs.artifact_paths import written_so_far
from factory.domain.runs.models import Artifact
from factory.domain.runs.selectors import artifact_of
from factory.doors.api.v1.access import enter_run
from factory.doors.api.v1.byte_ranges import range_of
from factory.doors.api.v1.described import file_of
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.doors.api.v1.runs import RUNS
from factory.doors.api.v1.stored_files import OpenFile, Part, open_stored

router = Router(tags=["runs"])
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_ANY_TYPE = "application/octet-stream"
_HEADERS = {
    # What a component wrote is a stranger's: opened as a page it runs nothing and reaches nothing.
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}
_PARTS = {206: "The bytes that `Range` asks for.", 416: "The file has no such bytes."}
Download = Annotated[bool, Query(description="save it instead of showing it")]


@router.get(RUNS + "/{slug:run}/artifacts/{int:artifact}", openapi_extra=file_of(_ANY_TYPE, also=_PARTS))
def show_artifact(
    request: HttpRequest, team: str, slug: str, run: str, artifact: int, download: Download = False
) -> StreamingHttpResponse:
    """A file that a node wrote; one that is still written as far as it is."""
    _, row = enter_run(request, team, slug, run, Action.SEE)
    found = artifact_of(run_id=row.pk, artifact_id=artifact)
    file = _open(found) if found is not None else None
    if found is None or file is None:
        raise not_found()
    # Else each download that lasts would keep one; inside a transaction somebody else looks after it.
    if not connection.in_atomic_block:
        connection.close()
    try:
        return _send(request, found, file, download=download)
    except Refusal:
        file.close()
        raise


def _open(artifact: Artifact) -> OpenFile | None:
    root, final = Path(settings.FACTORY_OUTPUT), Path(artifact.path)
    stored = open_stored(root, final)
    if stored is not None:
        return stored
    try:
        partial = written_so_far(final=final, attempt=artifact.attempt) if final.is_relative_to(root) else None
    except OSError:
        return None
    # Between the two looks it may have been stored.
    return (open_stored(root, partial) if partial is not None else None) or open_stored(root, final)


def _send(request: HttpRequest, artifact: Artifact, file: OpenFile, *, download: bool) -> StreamingHttpResponse:
    tag = f'"{artifact.pk}-{file.size}"' if artifact.closed_at is not None else ""
    # RFC 9110, 13.1.5: of a file that has changed since, a part would not fit what the client has.
    condition = request.headers.get("If-Range")
    wanted = range_of(request.headers.get("Range", ""), file.size) if condition in (None, tag) else None
    first, behind = wanted or (0, file.size)
    media_type = artifact.media_type.lower()
    response = StreamingHttpResponse(
        Part(file, first, behind),
        status=206 if wanted else 200,
        content_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else _ANY_TYPE,
        headers=_HEADERS | {"Content-Length": str(behind - first)},
    )
    disposition = content_disposition_header(download, artifact.name)
    response["Content-Disposition"] = disposition or "inline"
    if wanted:
        response["Content-Range"] = f"bytes {first}-{behind - 1}/{file.size}"
    if tag:
        response["ETag"] = tag
    return response
