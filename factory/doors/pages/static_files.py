"""Serves what the browser's build left, before Django: compressed where the browser takes it, cached by its hash."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from servestatic import ServeStaticASGI

Application = Callable[[Any, Any, Any], Awaitable[None]]
"""As the ASGI specification has it: scope, receive, send."""
HASHED = re.compile(r"/assets/[^/]+-[\w-]{8}\.\w+$")
"""Vite's names, whose content can never change."""


def serve_static_files(application: Application) -> Application:
    """The application, asked only for what is no static file. Files are looked up once; a new build needs a restart."""
    served: Any = ServeStaticASGI(
        application,
        autorefresh=False,
        max_age=60,
        allow_all_origins=False,
        immutable_file_test=HASHED,
        add_headers_function=_add_headers,
    )
    for finder in finders.get_finders():
        for path, storage in finder.list([".*"]):
            prefix = getattr(storage, "prefix", None)
            served.add_file_to_dictionary(
                f"{settings.STATIC_URL}{f'{prefix}/' if prefix else ''}{path}", storage.path(path)
            )
    answer: Application = served
    return answer


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if path.endswith((".svg", ".html")):
        headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
