"""Carries a request to a run's host: over the channel layer to its agent, at most once, and back by a deadline."""

import asyncio
import dataclasses
import logging
import time
from typing import Any

from channels.layers import get_channel_layer

from factory.domain.runs.groups import agent_group
from factory.foundation.ids import new_id

logger = logging.getLogger(__name__)
MAX_IN_FLIGHT = 64
"""Requests that one link may have on their way at a time."""
DEADLINE_SECONDS = 10.0
_SEND_SECONDS = 3.0


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a gateway or the agent itself answered, or what stood in the way; `status` is an HTTP status."""

    status: int
    body: dict[str, Any]

    @property
    def reason(self) -> str:
        """The text for people, empty where there is none."""
        return str(self.body.get("title") or self.body.get("reason") or "")


class AgentLink:
    """Asks agents on behalf of clients; counts those on their way."""

    def __init__(self, *, deadline_seconds: float = DEADLINE_SECONDS, most_in_flight: int = MAX_IN_FLIGHT) -> None:
        self._deadline_seconds = deadline_seconds
        self._most_in_flight = most_in_flight
        self._in_flight = 0

    async def ask(self, *, host: str, run_id: str, node: str, kind: str, body: dict[str, Any]) -> Answer:
        """Ask something of a node; never raises for what goes wrong on the way, and never asks twice.

        Args:
            host: which the run is on.
            run_id, node: whom it concerns.
            kind: `whip-offer`, `whip-trickle`, `whip-delete` and the same of `whep` go to the node's gateway;
                `node-log` {attempt, tail} is answered by the agent: {attempt, text, truncated, live}.
            body: as the kind has it.
        """
        if self._in_flight >= self._most_in_flight:
            return Answer(503, {"reason": "Too many requests are on their way; try again in a moment"})
        self._in_flight += 1
        try:
            return await self._ask(host=host, run=run_id, node=node, kind=kind, body=body)
        except TimeoutError:
            return Answer(503, {"reason": "The host of the run did not answer in time; look whether its agent runs"})
        except Exception:
            logger.exception("a request to %s of run %s was lost", node, run_id)
            return Answer(503, {"reason": "The host of the run cannot be reached now; look whether Redis runs"})
        finally:
            self._in_flight -= 1

    async def _ask(self, *, host: str, **request: Any) -> Answer:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("no channel layer is configured")
        identity = new_id()
        async with asyncio.timeout(_SEND_SECONDS):
            channel = await layer.new_channel()
        doorbell = {
            "type": "gateway.request",
            "id": identity,
            "deadline": time.time() + self._deadline_seconds,
            "reply_channel": channel,
            **request,
        }
        is_kept = True
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await layer.group_send(agent_group(host=host), doorbell)
            # The agent itself answers at the deadline; a second more is for the way back.
            async with asyncio.timeout(self._deadline_seconds + 1):
                while True:
                    is_kept = False
                    message = await layer.receive(channel)
                    is_kept = True
                    if message.get("id") == identity:
                        return Answer(int(message["status"]), dict(message["body"]))
        finally:
            # A `receive` that was cut off has given the channel back by itself; another would subscribe anew.
            if is_kept:
                await _forget(layer, channel)


async def _forget(layer: Any, channel: str) -> None:
    """Give a channel back: layers have no verb for it, but take a cancelled `receive` for one."""
    receiving = asyncio.ensure_future(layer.receive(channel))
    await asyncio.sleep(0)
    receiving.cancel()
    await asyncio.wait([receiving], timeout=_SEND_SECONDS)
