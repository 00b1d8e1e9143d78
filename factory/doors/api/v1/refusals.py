"""What the API says instead of an answer: RFC 9457 problem details, for every error that there is."""

import json
from typing import Any

from django.http import HttpResponse
from ninja.renderers import JSONRenderer

from factory.foundation.errors import FactoryError

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:media-pipeline-factory:"
_ENCODER = JSONRenderer.encoder_class


class Refusal(Exception):
    """What to answer instead.

    Args:
        status: of HTTP.
        code: the stable id of the error.
        title: a sentence for people that says what to do.
        detail: more of it, where one sentence is not enough.
        headers: to send along.
        extras: further members of the problem.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str = "",
        headers: dict[str, str] | None = None,
        **extras: Any,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.headers = headers or {}
        self.extras = extras

    @classmethod
    def of(cls, error: FactoryError, status: int, **extras: Any) -> "Refusal":
        """What an error of the house is in HTTP; one of several lines has them as its detail."""
        first, _, rest = error.message.partition("\n")
        return cls(status, error.id, first, detail=error.message if rest else "", **extras)

    def value(self) -> dict[str, Any]:
        """The problem as plain values."""
        detail = {"detail": self.detail} if self.detail else {}
        head = {"type": f"{_TYPE_PREFIX}{self.code}", "title": self.title, "status": self.status}
        return {**head, **detail, "code": self.code, **self.extras}


def not_found() -> Refusal:
    """One answer for what does not exist and for what is not yours: who asks learns nothing from it."""
    title = "There is nothing here for you; look at the address, or ask its team to take you in."
    return Refusal(404, "api:user:not-found", title)


def respond(refusal: Refusal) -> HttpResponse:
    """The refusal as a response."""
    return HttpResponse(
        json.dumps(refusal.value(), cls=_ENCODER),
        status=refusal.status,
        content_type=MEDIA_TYPE,
        headers=refusal.headers,
    )
