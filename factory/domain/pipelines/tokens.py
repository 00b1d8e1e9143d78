"""The bearer token that opens an endpoint."""

import base64
import hashlib
import hmac

from django.conf import settings

_TOKEN_BYTES = 20


def token_of(*, endpoint: str) -> str:
    """The bearer token of an endpoint: 160 bits, made from the newest secret key, stored nowhere."""
    return _token(endpoint, settings.SECRET_KEY)


def is_token_of(*, endpoint: str, token: str) -> bool:
    """Whether a token opens an endpoint; takes the same time whatever is wrong with it.

    Tokens of earlier keys hold as long as those are listed in `SECRET_KEY_FALLBACKS`.
    """
    given = token.encode("utf-8", "replace")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    same = [hmac.compare_digest(given, _token(endpoint, key).encode()) for key in keys]
    return any(same)


def _token(endpoint: str, key: str) -> str:
    digest = hmac.new(key.encode(), f"endpoint:{endpoint}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode().rstrip("=")
