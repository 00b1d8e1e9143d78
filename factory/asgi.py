"""Where daphne comes in: HTTP to Django, and the browser's files before it; WebSockets to the live door."""

import os

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

from factory.doors.pages.static_files import serve_static_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factory.settings")

_django = get_asgi_application()

# What follows needs Django set up.
from factory.doors.api.back_pressure import keep_pace  # noqa: E402
from factory.doors.api.body_bound import bound_bodies  # noqa: E402
from factory.doors.api.client_address import tell_client_address  # noqa: E402
from factory.doors.api.turns import take_turns  # noqa: E402
from factory.doors.live.routing import serve_websockets  # noqa: E402

bound_bodies()
_turns = take_turns(_django, most=settings.FACTORY_REQUESTS_AT_ONCE)
_http = tell_client_address(keep_pace(serve_static_files(_turns)), proxies=settings.FACTORY_TRUSTED_PROXIES)
application = ProtocolTypeRouter({"http": _http, "websocket": serve_websockets()})
