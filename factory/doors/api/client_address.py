"""Tells everything behind it who asks, where proxies of ours stand between: the address that the outermost one saw."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


def tell_client_address(application: Application, *, proxies: int) -> Application:
    """The application, with the client's address in `scope["client"]`.

    Args:
        application: HTTP or WebSocket.
        proxies: how many of ours each request passes; each adds whom it heard to the end of `X-Forwarded-For`, so
            that what a stranger writes there himself stands further left and is not looked at.
    """
    if proxies == 0:
        return application

    async def told(scope: Any, receive: Any, send: Any) -> None:
        address = forwarded_address(dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1"), proxies)
        await application(scope if address is None else scope | {"client": [address, 0]}, receive, send)

    return told


def forwarded_address(header: str, proxies: int) -> str | None:
    """Whom the outermost of our proxies heard; None where the header does not say."""
    passed = [part.strip() for part in header.split(",")]
    if len(passed) < proxies:
        return None
    try:
        return str(ipaddress.ip_address(passed[-proxies].strip("[]")))
    except ValueError:
        return None
