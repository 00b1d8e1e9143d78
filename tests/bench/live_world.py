"""`python -m tests.bench.live_world`: 100 browsers, 10 pipelines, 10 status changes a second; prints milliseconds.

Everything between a component's report and a browser's socket is real: control sockets, the agent's process, Redis,
daphne. Only the components and the browsers are played, all in this process, so that one clock measures both ends.
"""

import asyncio
import dataclasses
import datetime
import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.installation import open_house, start_web

if TYPE_CHECKING:
    from tests.factory.doors.live.plain_socket import PlainSocket
    from tests.factory.doors.nodes.instances import Instance

PIPELINES, SOCKETS_EACH, SECONDS = 10, 10, 30
WARM_UP = 3
BARE_RECEIVERS, BARE_MESSAGES, BARE_INTERVAL = 100, 300, 0.1
CHANGING, STEADY = "caption", ("camera", "file")


@dataclasses.dataclass
class World:
    """One pipeline that runs, and who looks at it."""

    run: str
    path: str
    session: str
    told: dict[int, float] = dataclasses.field(default_factory=dict)
    waits: list[float] = dataclasses.field(default_factory=list)


def make_worlds() -> list[World]:
    """Rows as Run leaves them; their nodes are about to connect."""
    from django.conf import settings

    from factory.domain.accounts.services import create_team
    from factory.domain.pipelines.services import freeze_version, import_yaml
    from factory.domain.runs.services import request_run
    from factory.foundation import clock
    from tests.factory.doors.live.browser import sign_in, sign_up
    from tests.factory.hello import HELLO

    worlds = []
    for number in range(PIPELINES):
        user, now = sign_up(f"person{number}"), clock.now()
        team = create_team(slug=f"team{number}", name="Team", owner=user)
        version = freeze_version(pipeline=import_yaml(team=team, text=HELLO, now=now), now=now)
        deadline = now + datetime.timedelta(hours=1)
        run = request_run(version=version, now=now, deadline=deadline, host=settings.FACTORY_HOST)
        worlds.append(World(run.pk, f"/live/{team.slug}/hello/", sign_in(user)))
    return worlds


async def play_node(world: World, node: str, sockets: Path, until: float) -> None:
    """Report once a second, as every component does; the changing one says something else each time, at once."""
    from components.contract.messages import CONTROL_SOCKET
    from tests.factory.doors.nodes.instances import Instance

    instance: Instance = await Instance.dial(sockets / f"pf-{world.run}-{node}-1" / CONTROL_SOCKET)
    await instance.set_up()
    await asyncio.sleep(random.random())
    number = 0
    while time.monotonic() < until:
        number += 1
        if node == CHANGING:
            world.told[number] = time.monotonic()
            instance.report("degraded" if number % 2 else "ready", reason=f"change {number}")
        else:
            instance.report("ready", measures={"frames": number * 30.0})
        await _idle(instance, 1.0)
    instance.die()


async def _idle(instance: "Instance", seconds: float) -> None:
    """Wait, and take what the agent says meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        await instance.listen()
        await asyncio.sleep(min(0.1, max(deadline - time.monotonic(), 0.0)))


async def look_on(socket: "PlainSocket", world: World) -> None:
    """Take what comes, and note how long each change was on its way."""
    while message := await socket.take():
        nodes: dict[str, Any] = message.get("patch", {}).get("nodes", {})
        kind, _, number = str(nodes.get(CHANGING, {}).get("reason", "")).partition(" ")
        if kind == "change" and int(number) > WARM_UP:
            world.waits.append(time.monotonic() - world.told[int(number)])


async def measure_worlds(worlds: list[World], port: int, origin: str, sockets: Path) -> list[float]:
    """Seconds from each report to each socket.

    Raises:
        RuntimeError: a change was not told to everybody.
    """
    from tests.factory.doors.live.plain_socket import PlainSocket

    until = time.monotonic() + WARM_UP + SECONDS
    opened = []
    for world in worlds:
        for _ in range(SOCKETS_EACH):
            socket = await PlainSocket.open(port, world.path, session=world.session, origin=origin)
            opened.append((socket, world))
    looking = [asyncio.create_task(look_on(socket, world)) for socket, world in opened]
    nodes = [(world, node) for world in worlds for node in (CHANGING, *STEADY)]
    await asyncio.gather(*(play_node(world, node, sockets, until) for world, node in nodes))
    await asyncio.sleep(2.0)
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    waits = [wait for world in worlds for wait in world.waits]
    wanted = sum((len(world.told) - WARM_UP) * SOCKETS_EACH for world in worlds)
    if len(waits) != wanted:
        raise RuntimeError(f"{len(waits)} of {wanted} changes were told")
    return waits


async def measure_bare_layer() -> list[float]:
    """Seconds from group_send to each of 100 receivers."""
    from channels.layers import get_channel_layer

    layer: Any = get_channel_layer()
    waits: list[float] = []

    async def receive(channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            waits.append(time.monotonic() - message["at"])

    channels = [await layer.new_channel() for _ in range(BARE_RECEIVERS)]
    for channel in channels:
        await layer.group_add("bare", channel)
    tasks = [asyncio.create_task(receive(channel)) for channel in channels]
    for _ in range(BARE_MESSAGES):
        await layer.group_send("bare", {"type": "bare", "at": time.monotonic()})
        await asyncio.sleep(BARE_INTERVAL)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return waits


def main() -> int:
    with open_house("process") as (house, folder):
        from django.conf import settings

        from factory.doors.terminal.supervisor import Service

        worlds = make_worlds()
        environment = {"REDIS_URL": settings.REDIS_URL, "FACTORY_DRIVER": "process"}
        house.supervisor.start(Service("agent", (sys.executable, "manage.py", "agent"), environment))
        origin = start_web(house)
        port = int(origin.rpartition(":")[2])
        waits = asyncio.run(measure_worlds(worlds, port, origin, folder / "s"))
        bare = asyncio.run(measure_bare_layer())
    print(json.dumps({"waits": [1000 * wait for wait in waits], "bare": [1000 * wait for wait in bare]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
