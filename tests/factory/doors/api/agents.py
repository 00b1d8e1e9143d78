"""Plays the agent of a host on the channel layer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from channels.layers import get_channel_layer

from factory.domain.runs.groups import agent_group


@contextlib.asynccontextmanager
async def fake_agent(host: str, reply: tuple[int, dict[str, Any]]) -> AsyncIterator[list[dict[str, Any]]]:
    """An agent that answers every request so; gives what it has heard."""
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(agent_group(host=host), channel)
    heard: list[dict[str, Any]] = []

    async def serve() -> None:
        while True:
            request = await layer.receive(channel)
            if request["type"] != "gateway.request":
                continue  # A bell for a run that changed.
            heard.append(request)
            status, body = reply
            answer = {"type": "gateway.reply", "id": request["id"], "status": status, "body": body}
            await layer.send(request["reply_channel"], answer)

    task = asyncio.create_task(serve())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait([task])
