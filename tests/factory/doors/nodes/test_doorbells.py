import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer

from factory.doors.nodes.doorbells import MAX_OUTGOING, Doorbells
from tests.factory.doors.nodes.instances import wait_until


class FlakyLayer(InMemoryChannelLayer):
    """A layer whose Redis comes and goes."""

    away = False

    async def _answer(self) -> None:
        if self.away:
            raise ConnectionError("Redis is away")

    async def new_channel(self, prefix: str = "specific") -> str:
        await self._answer()
        return await super().new_channel(prefix)

    async def receive(self, channel: str) -> dict[str, Any]:
        while True:
            await self._answer()
            try:
                async with asyncio.timeout(0.05):
                    return await super().receive(channel)
            except TimeoutError:
                continue

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._answer()
        await super().group_send(group, message)


async def test_it_hears_again_after_the_layer_was_away() -> None:
    layer = FlakyLayer()
    heard: list[dict[str, Any]] = []
    doorbells = Doorbells(layer, "agent.host", heard.append)
    hearing = asyncio.create_task(doorbells.hear())
    await wait_until(lambda: layer.groups)
    await layer.group_send("agent.host", {"type": "run.changed", "run": "one"})
    await wait_until(lambda: heard)
    layer.away = True
    await asyncio.sleep(0.1)
    layer.away = False
    heard.clear()

    async def ring() -> None:
        while not heard:
            await layer.group_send("agent.host", {"type": "run.changed", "run": "two"})
            await asyncio.sleep(0.05)

    async with asyncio.timeout(10):
        await ring()
    assert heard[0]["run"] == "two"
    hearing.cancel()


async def test_what_it_says_while_the_layer_is_away_is_lost_and_nothing_else() -> None:
    layer = FlakyLayer()
    channel = await layer.new_channel()
    await layer.group_add("run.one", channel)
    layer.away = True
    doorbells = Doorbells(layer, "agent.host", lambda _message: None)
    for number in range(2 * MAX_OUTGOING):
        doorbells.tell_group("nobody", {"type": "x", "number": number})
    speaking = asyncio.create_task(doorbells.speak())
    await asyncio.sleep(0.05)
    layer.away = False
    for _ in range(MAX_OUTGOING):
        doorbells.tell_group("run.one", {"type": "run.status"})
    async with asyncio.timeout(10):
        assert await layer.receive(channel) == {"type": "run.status"}
    speaking.cancel()


async def test_a_doorbell_that_makes_no_sense_does_not_end_the_hearing() -> None:
    layer = InMemoryChannelLayer()
    heard: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        heard.append(message["run"])

    hearing = asyncio.create_task(Doorbells(layer, "agent.host", hear).hear())
    await wait_until(lambda: layer.groups)
    await layer.group_send("agent.host", {"type": "nonsense"})
    await layer.group_send("agent.host", {"type": "run.changed", "run": "one"})
    await wait_until(lambda: heard == ["one"])
    hearing.cancel()
