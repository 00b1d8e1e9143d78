"""Rings on the channel layer from ordinary threads without waiting, over one connection a process."""

import asyncio
import logging
import os
import threading
from typing import Any, Protocol

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

MAX_UNDER_WAY = 200
"""Rings not yet through; with a layer that does not answer, more are not worth waiting for."""
_RING_SECONDS = 2.0


class Layer(Protocol):
    """What is used of Channels' layers."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Tell everyone who hears the group."""


class BellRinger:
    """Keeps an event loop on a thread, since a layer's connection belongs to the loop it was made in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """Rings that are neither through nor given up."""
        return self._under_way

    def ring(self, layer: Layer, group: str, message: dict[str, Any]) -> None:
        """Send to a group some time soon, if the layer takes it."""
        with self._lock:
            if self._under_way >= MAX_UNDER_WAY:
                return
            self._under_way += 1
            loop = self._running_loop()
        asyncio.run_coroutine_threadsafe(self._send(layer, group, message), loop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        # After a fork there is the loop but not its thread.
        if self._loop is None or self._process != os.getpid():
            self._loop, self._process, self._under_way = asyncio.new_event_loop(), os.getpid(), 1
            threading.Thread(target=self._loop.run_forever, name="bell ringer", daemon=True).start()
        return self._loop

    async def _send(self, layer: Layer, group: str, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(_RING_SECONDS):
                await layer.group_send(group, message)
        except Exception as error:
            logger.warning("nobody hears the bell, the sweep will look: %s", error)
        finally:
            with self._lock:
                self._under_way -= 1


_RINGER = BellRinger()


def ring_group(group: str, message: dict[str, Any]) -> None:
    """Tell a group some time soon; never waits and never fails, since whoever misses it looks by themselves."""
    layer = get_channel_layer()
    if layer is not None:
        _RINGER.ring(layer, group, message)
