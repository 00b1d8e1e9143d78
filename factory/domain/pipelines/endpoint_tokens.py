"""The verbs of endpoint tokens: make one, which is shown once, and revoke it."""

import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet

from factory.domain.accounts import audit
from factory.domain.accounts.models import ApiToken, User
from factory.domain.accounts.token_text import digest_of, new_token, shown_part
from factory.domain.pipelines.models import Endpoint, EndpointToken
from factory.domain.pipelines.token_checks import TOKEN_PREFIX
from factory.foundation.errors import UserError

MOST_TOKENS = 50
"""Of one endpoint that hold; revoked and expired ones are kept beside, as many again."""
MOST_NAME_CHARACTERS = 60
LONGEST_LIFE = datetime.timedelta(days=3660)


class EndpointTokenRefused(UserError):
    """The token cannot be made as asked."""

    id: ClassVar[str] = "pipelines:user:endpoint-token-refused"


class EndpointTokenUnknown(UserError):
    """The endpoint has no such token."""

    id: ClassVar[str] = "pipelines:user:endpoint-token-unknown"


def tokens_of(*, endpoint: Endpoint) -> QuerySet[EndpointToken]:
    """The tokens of an endpoint that were not revoked, the newest first."""
    return EndpointToken.objects.filter(endpoint=endpoint, revoked_at=None).select_related("made_by")


@transaction.atomic
def make_endpoint_token(
    *,
    endpoint: Endpoint,
    name: str,
    by: User | None,
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
    token: ApiToken | None = None,
) -> tuple[EndpointToken, str]:
    """A new token of an endpoint, and what it says: nobody can read that again.

    Args:
        name: what it is for, as people call it.
        expires_at: when it ends; never where None.
        token: by which the API was asked, for the audit log.

    Raises:
        EndpointTokenRefused: the name cannot be one, the end is past, or there are too many.
    """
    chosen = name.strip()
    if not 0 < len(chosen) <= MOST_NAME_CHARACTERS or not chosen.isprintable():
        raise EndpointTokenRefused(f"Name the token with 1 to {MOST_NAME_CHARACTERS} characters on one line.")
    if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
        raise EndpointTokenRefused("The token's end must lie in the future, within ten years; choose another day.")
    Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    _make_room(endpoint, now)
    text = new_token(TOKEN_PREFIX)
    row = EndpointToken.objects.create(
        endpoint=endpoint,
        name=chosen,
        prefix=shown_part(text, TOKEN_PREFIX),
        digest=digest_of(text),
        made_by=by,
        made_at=now,
        expires_at=expires_at,
    )
    _record(row, "endpoint_token.made", by=by, now=now, token=token)
    return row, text


@transaction.atomic
def revoke_endpoint_token(
    *, endpoint: Endpoint, token_id: int, by: User | None, now: datetime.datetime, token: ApiToken | None = None
) -> None:
    """Let a token open nothing new. Sessions that were begun with it go on, and can still be ended with it.

    Raises:
        EndpointTokenUnknown: the endpoint has no such token, or it was revoked before.
    """
    row = EndpointToken.objects.filter(endpoint=endpoint, pk=token_id).select_related("endpoint__pipeline__team")
    found = row.first()
    if found is None or EndpointToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=now) != 1:
        raise EndpointTokenUnknown("The endpoint has no such token; list them and choose one.")
    _record(found, "endpoint_token.revoked", by=by, now=now, token=token)


def _make_room(endpoint: Endpoint, now: datetime.datetime) -> None:
    rows = EndpointToken.objects.filter(endpoint=endpoint)
    dead = Q(revoked_at__isnull=False) | Q(expires_at__lte=now)
    if rows.exclude(dead).count() >= MOST_TOKENS:
        raise EndpointTokenRefused(f"The endpoint has {MOST_TOKENS} tokens already; revoke one that nothing uses.")
    oldest = rows.filter(dead).order_by("-pk").values_list("pk", flat=True)[MOST_TOKENS:]
    rows.filter(pk__in=list(oldest)).delete()


def _record(
    row: EndpointToken, action: str, *, by: User | None, now: datetime.datetime, token: ApiToken | None
) -> None:
    pipeline = row.endpoint.pipeline
    details = {"pipeline": pipeline.slug, "node": row.endpoint.node, "endpoint": row.endpoint_id, "prefix": row.prefix}
    audit.record(team=pipeline.team, actor=by, action=action, subject=row.name, now=now, details=details, token=token)
