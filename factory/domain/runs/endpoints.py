"""The public address of a gateway node, and the token that opens it."""

import base64
import hashlib
import hmac
import re

from django.conf import settings

_ENDPOINT = re.compile(r"([a-z0-9]{12})-([a-z][a-z0-9_-]{0,31})")
_TOKEN_BYTES = 20
_UNSAFE_IN_GROUP = re.compile(r"[^a-zA-Z0-9._-]")
_GROUP_CHARACTERS = 99


def endpoint_of(*, run_id: str, node: str) -> str:
    """The last part of a gateway's address, as in `/whip/<endpoint>`."""
    return f"{run_id}-{node}"


def parse_endpoint(*, endpoint: str) -> tuple[str, str] | None:
    """Run id and node of an endpoint, None where it cannot be one. Whether they exist is not asked."""
    match = _ENDPOINT.fullmatch(endpoint)
    return (match[1], match[2]) if match else None


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
    digest = hmac.new(key.encode(), f"whip:{endpoint}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode().rstrip("=")


def agent_group(*, host: str) -> str:
    """The channel-layer group on which the agent of a host hears its doorbells."""
    return f"agent.{_UNSAFE_IN_GROUP.sub('-', host)}"[:_GROUP_CHARACTERS]
