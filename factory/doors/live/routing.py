"""Which WebSocket leads where, and what every one passes first: its origin, then who sends it."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path, re_path

from factory.doors.live.consumer import LiveConsumer
from factory.doors.live.origin import OwnOriginOnly, refuse


def serve_websockets(consumer: LiveConsumer | None = None) -> Any:
    """The ASGI application for WebSockets."""
    # Django's types know of views alone.
    live: Any = AuthMiddlewareStack(consumer or LiveConsumer())
    nothing: Any = refuse
    return OwnOriginOnly(URLRouter([path("live/<slug:team>/<slug:slug>/", live), re_path(r"", nothing)]))
