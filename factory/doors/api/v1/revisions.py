"""Revisions as entity tags (RFC 9110, sections 8.8.3 and 13.1.1): nobody overwrites what they never saw."""

import re

from django.http import HttpRequest

from factory.doors.api.v1.refusals import Refusal

_TAG = re.compile(r'\s*"(\d{1,9})"\s*')


def tag_of(revision: int) -> str:
    """The ETag of a revision."""
    return f'"{revision}"'


def revision_required(request: HttpRequest) -> int:
    """The revision that `If-Match` names; one that cannot be a revision matches none, and is -1.

    Raises:
        Refusal: 428, there is no such header.
    """
    given = request.headers.get("If-Match")
    if given is None:
        title = 'Send the ETag of what you changed as If-Match: "<revision>".'
        raise Refusal(428, "api:user:if-match", title)
    match = _TAG.fullmatch(given)
    return int(match[1]) if match else -1


def names_no_revision(request: HttpRequest) -> bool:
    """Whether there is an `If-Match` that was never the ETag of a revision."""
    given = request.headers.get("If-Match")
    return given is not None and _TAG.fullmatch(given) is None
