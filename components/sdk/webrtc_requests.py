"""Answers what is asked of a WebRTC gateway in the loop that its sessions live in."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from components.sdk.component import Request
from components.sdk.webrtc_offer import OfferRefused, SessionRefused

logger = logging.getLogger(__name__)
RETRY_SECONDS = 2

Answer = tuple[int, dict[str, Any]]
Verb = Callable[[Request], Awaitable[Answer]]


class RequestDesk:
    """Each kind of request goes to its verb, whose answer is an HTTP status and a JSON body.

    A refusal that a verb raises is answered with its status and reason; anything else it raises with 500.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, verbs: Mapping[str, Verb]) -> None:
        self._loop = loop
        self._verbs = dict(verbs)

    def take(self, request: Request) -> bool:
        """Have a request answered; False where there is no verb for it. Called from any thread."""
        verb = self._verbs.get(request.kind)
        if verb is None:
            return False
        answering = self._answer(verb, request)
        try:
            asyncio.run_coroutine_threadsafe(answering, self._loop)
        except RuntimeError:
            answering.close()
            request.reply(503, {"title": "This node is stopping", "retry_after": RETRY_SECONDS})
        return True

    async def _answer(self, verb: Verb, request: Request) -> None:
        try:
            status, body = await verb(request)
        except SessionRefused as refusal:
            what = "offer" if isinstance(refusal, OfferRefused) else "fragment"
            status, body = refusal.status, {"title": f"The {what} is refused: {refusal.reason}"}
        except Exception as error:
            logger.exception("%s broke", request.kind)
            status, body = 500, {"title": f"The gateway broke on it: {type(error).__name__}"}
        request.reply(status, body)


def text_of(request: Request, name: str) -> str:
    """A text of the request's body, empty where there is none."""
    value = request.body.get(name)
    return value if isinstance(value, str) else ""


def is_late(request: Request, now: int) -> bool:
    """Whether nobody waits for the answer any more; `now` is on the run's clock."""
    return now > request.deadline_ns
