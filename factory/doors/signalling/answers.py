"""What every answer of this door has in common: problem details, and the headers that let pages of others in."""

import json
from collections.abc import Iterable

from django.http import HttpResponse

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
RETRY_SECONDS = 2

_CORS = {
    # Publishers and viewers are pages of other origins; the bearer token, no cookie, is what opens the door.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, Link, ETag, Retry-After, WWW-Authenticate, Allow, Accept-Post",
}


class Refusal(Exception):
    """What to answer instead, as RFC 9457 problem details; `title` is the sentence for people."""

    def __init__(
        self, status: int, title: str, *, retry_seconds: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self._headers = dict(headers or {})
        if retry_seconds is not None:
            self._headers["Retry-After"] = str(retry_seconds)

    def response(self) -> HttpResponse:
        """As HTTP has it."""
        return answer(
            self.status,
            json.dumps({"type": "about:blank", "title": self.title, "status": self.status}),
            content_type="application/problem+json",
            headers=self._headers,
        )


def answer(
    status: int, body: str = "", *, content_type: str | None = None, headers: dict[str, str] | None = None
) -> HttpResponse:
    """An answer that a page of any origin may read, and that nobody keeps."""
    response = HttpResponse(body, status=status, content_type=content_type)
    if content_type is None:
        del response.headers["Content-Type"]
    for name, value in {**_CORS, "Cache-Control": "no-store", **(headers or {})}.items():
        response.headers[name] = value
    return response


def answer_options(methods: Iterable[str], *, takes: dict[str, str]) -> HttpResponse:
    """What a browser asks before it dares (Fetch), and what a resource takes (`Accept-Post`, `Accept-Patch`)."""
    allowed = ", ".join(methods)
    headers = {
        **takes,
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, Link",
        "Access-Control-Max-Age": "86400",
    }
    return answer(200, headers=headers)
