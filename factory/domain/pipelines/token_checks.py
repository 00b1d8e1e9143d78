"""Whether a token or a pass opens an endpoint: asked by the door of every session."""

import datetime

from factory.domain.accounts.token_text import digest_of, is_well_formed
from factory.domain.pipelines.models import EndpointToken
from factory.domain.pipelines.passes import is_pass, is_pass_of

TOKEN_PREFIX = "mpe_"
_USE_NOTED_EVERY = datetime.timedelta(minutes=1)


def may_be_token(text: str) -> bool:
    """Whether it is worth looking up; asks nobody."""
    return is_pass(text) or is_well_formed(text, TOKEN_PREFIX)


def opens(*, endpoint: str, token: str, now: datetime.datetime) -> bool:
    """Whether a token or a pass lets someone begin a session; one query for what may be a token, none for the rest."""
    if is_pass(token):
        return is_pass_of(endpoint=endpoint, text=token, now=now)
    row = _row_of(endpoint, token)
    if row is None or not row.holds(now):
        return False
    if row.last_used_at is None or row.last_used_at <= now - _USE_NOTED_EVERY:
        EndpointToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return True


def keeps(*, endpoint: str, token: str, now: datetime.datetime) -> bool:
    """Whether a token or a pass will do for a session that was begun: one that ended or was revoked does as well."""
    if is_pass(token):
        return is_pass_of(endpoint=endpoint, text=token, now=now, even_expired=True)
    return _row_of(endpoint, token) is not None


def _row_of(endpoint: str, token: str) -> EndpointToken | None:
    if not is_well_formed(token, TOKEN_PREFIX):
        return None
    return EndpointToken.objects.filter(digest=digest_of(token), endpoint_id=endpoint).first()
