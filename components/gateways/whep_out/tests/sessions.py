"""What the tests of the gateway ask of it, as the agent asks."""

import asyncio
from collections.abc import Callable
from typing import Any

from components.contract.messages import Reply
from components.gateways.whep_out.viewers import Viewers
from components.sdk.testing import Harness
from components.sdk.webrtc_testing import Viewer

PATIENCE = 15.0
PORTS = ("video", "audio")


async def until(condition: Callable[[], object]) -> None:
    """Wait, with a bound, for a condition."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.005)


async def ask(harness: Harness, kind: str, **body: object) -> Reply:
    """A request's answer."""
    return await asyncio.to_thread(harness.request, kind, body)


async def watch(harness: Harness, viewer: Viewer) -> Reply:
    """Send a viewer's offer, and let it take the answer where there is one."""
    reply = await ask(harness, "whep-offer", sdp=await viewer.offer())
    if reply.status == 201:
        await viewer.accept(reply.body["sdp"])
    return reply


def reason(harness: Harness) -> str:
    """What the node says of itself."""
    return harness.reports[-1].reason


def measure(harness: Harness, name: str) -> float:
    """The newest value of a measure."""
    return harness.reports[-1].measures[name]


def viewers_inside(harness: Harness) -> Viewers:
    """The component's own list of viewers."""
    inside: Any = harness.node._component
    viewers: Viewers = inside._viewers
    return viewers
