"""Plays the agent of a host on the channel layer: answers each request as a test says."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from channels.layers import get_channel_layer

from factory.domain.runs.groups import agent_group

Reply = tuple[int, dict[str, Any]] | None


class FakeAgent:
    """Hears one host's doorbells.

    Attributes:
        heard: every request, in order.
        expired: among them, those that came after their deadline.
    """

    def __init__(self, answer: Callable[[dict[str, Any]], Awaitable[Reply]]) -> None:
        self.heard: list[dict[str, Any]] = []
        self.expired = 0
        self._answer = answer

    async def serve(self, host: str, ready: asyncio.Event) -> None:
        """Answer until cancelled; an answer of None is none."""
        layer = get_channel_layer()
        assert layer is not None
        channel = await layer.new_channel()
        await layer.group_add(agent_group(host=host), channel)
        ready.set()
        while True:
            request = await layer.receive(channel)
            if request["type"] != "gateway.request":
                continue  # A bell for a run that changed.
            self.heard.append(request)
            self.expired += request["deadline"] < time.time()
            reply = await self._answer(request)
            if reply:
                status, body = reply
                message = {"type": "gateway.reply", "id": request["id"], "status": status, "body": body}
                await layer.send(request["reply_channel"], message)


@contextlib.asynccontextmanager
async def fake_agent(host: str, answer: Callable[[dict[str, Any]], Awaitable[Reply]]) -> AsyncIterator[FakeAgent]:
    """An agent that hears from the moment this is entered."""
    agent, ready = FakeAgent(answer), asyncio.Event()
    task = asyncio.create_task(agent.serve(host, ready))
    await asyncio.wait_for(ready.wait(), 5)
    try:
        yield agent
    finally:
        task.cancel()
        await asyncio.wait([task])


ANSWERED: Reply = (201, {"sdp": "v=0\r\nanswer\r\n", "session": "Secret_session-1"})


def always(reply: Reply) -> Callable[[dict[str, Any]], Awaitable[Reply]]:
    """An agent that answers the same to everything."""

    async def answer(_request: dict[str, Any]) -> Reply:
        return reply

    return answer
