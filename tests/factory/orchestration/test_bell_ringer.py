import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer

from factory.orchestration.bell_ringer import BellRinger
from tests.factory.doors.nodes.instances import wait_until

MESSAGE = {"type": "run.changed", "run": "one"}


class AbsentLayer(InMemoryChannelLayer):
    """A layer whose Redis is gone."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("Redis is away")


async def test_ringing_never_waits_and_arrives() -> None:
    layer = InMemoryChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add("agent.host", channel)
    ringer = BellRinger()
    await asyncio.to_thread(ringer.ring, layer, "agent.host", MESSAGE)
    await wait_until(lambda: channel in layer.channels and not layer.channels[channel].empty())
    assert await layer.receive(channel) == MESSAGE


async def test_ringing_at_a_layer_that_is_away_harms_nobody() -> None:
    ringer = BellRinger()
    for _ in range(1000):
        ringer.ring(AbsentLayer(), "agent.host", MESSAGE)
    await wait_until(lambda: ringer.under_way == 0)
