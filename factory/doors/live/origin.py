"""Lets pages of our own site in, and no other's: a browser sends its cookies along whoever's page asks."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

Application = Callable[[Any, Any, Any], Awaitable[Any]]
_PORTS = {"http": 80, "https": 443}
_LONGEST = 300


class OwnOriginOnly:
    """Refuses the handshake (403) unless exactly one Origin of `FACTORY_ORIGINS` is stated (RFC 6454, RFC 6455 10.2).

    Args:
        application: what it guards.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        stated = [value.decode("latin1") for name, value in scope["headers"] if name == b"origin"]
        own = {origin_of(text) for text in settings.FACTORY_ORIGINS}
        if len(stated) == 1 and origin_of(stated[0]) is not None and origin_of(stated[0]) in own:
            await self._application(scope, receive, send)
            return
        await refuse(scope, receive, send)


async def refuse(_scope: Any, receive: Any, send: Any) -> None:
    """Answer the handshake with 403."""
    await receive()
    await send({"type": "websocket.close"})


def origin_of(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None where it is none, such as `null`."""
    if len(text) > _LONGEST:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in _PORTS or not parts.hostname or not is_bare or "@" in text:
        return None
    return parts.scheme, parts.hostname, port if port is not None else _PORTS[parts.scheme]
