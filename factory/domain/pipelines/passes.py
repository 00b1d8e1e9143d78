"""Passes: for a quarter of an hour they open one endpoint for one person; signed, and stored nowhere."""

import base64
import datetime
import hashlib
import hmac

from django.conf import settings

from factory.domain.accounts.models import User
from factory.domain.pipelines.models import Endpoint

PREFIX = "mpp_"
LIFETIME = datetime.timedelta(minutes=15)
_LONGEST = 120
_MAC_BYTES = 20


def make_pass(*, endpoint: Endpoint, user: User | None, now: datetime.datetime) -> tuple[str, datetime.datetime]:
    """A pass for who may run the endpoint's pipeline, and when it ends; None is the terminal of this machine."""
    expires_at = now + LIFETIME
    stated = f"{endpoint.pk}.{user.pk if user is not None else 0}.{int(expires_at.timestamp())}"
    return f"{PREFIX}{stated}.{_sign(stated, settings.SECRET_KEY)}", expires_at


def is_pass(text: str) -> bool:
    """Whether it says of itself that it is one."""
    return text.startswith(PREFIX)


def is_pass_of(*, endpoint: str, text: str, now: datetime.datetime, even_expired: bool = False) -> bool:
    """Whether it was made for this endpoint and has not ended; takes the same time whatever is wrong with it.

    Args:
        even_expired: one that has ended will do, for a session that was begun with it.
    """
    stated, _, signature = text.removeprefix(PREFIX).rpartition(".")
    parts = stated.split(".")
    if not is_pass(text) or not text.isascii() or len(text) > _LONGEST or len(parts) != 3 or not parts[2].isdecimal():
        return False
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    same = [hmac.compare_digest(signature.encode(), _sign(stated, key).encode()) for key in keys]
    return any(same) and parts[0] == endpoint and (even_expired or now.timestamp() < int(parts[2]))


def _sign(stated: str, key: str) -> str:
    digest = hmac.new(key.encode(), f"factory.endpoint-pass:{stated}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode().rstrip("=")
