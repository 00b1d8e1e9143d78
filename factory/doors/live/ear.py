"""One channel of a process that hears some groups of the channel layer, and others when told so."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

_FIRST_RETRY_SECONDS = 0.2
_LAST_RETRY_SECONDS = 5.0
_PATIENCE_SECONDS = 2.0
_OPEN_SECONDS = 1.0


class Ear:
    """Hears until cancelled, reconnecting for ever.

    Args:
        groups: to hear from the beginning.
        on_message: called with each message heard, on the event loop.
    """

    def __init__(self, groups: frozenset[str], on_message: Callable[[dict[str, Any]], None]) -> None:
        self._on_message = on_message
        self._layer: Any = get_channel_layer()
        self._channel: str | None = None
        self._is_open = asyncio.Event()
        self._wanted = groups
        self._joined: set[str] = set()
        self._tuning = asyncio.Lock()
        self._is_forgotten = False

    async def wait_until_open(self) -> None:
        """Return once it hears; where the layer is away, after a moment."""
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await self._is_open.wait()
        except TimeoutError:
            pass

    async def listen_to(self, groups: frozenset[str]) -> None:
        """Hear these groups and no others; where the layer is away, as soon as it is back."""
        self._wanted = groups
        try:
            await self._tune()
        except Exception as error:
            logger.warning("the channel layer is away, what is new is found by looking: %s", error)

    async def hear(self) -> None:
        """Hand on what is heard, until cancelled."""
        pause = _FIRST_RETRY_SECONDS
        while True:
            try:
                await self._open()
                self._is_open.set()
                # What was said meanwhile was missed: look.
                self._on_message({"type": "ear.open"})
                while True:
                    message = await self._receive()
                    pause = _FIRST_RETRY_SECONDS
                    self._on_message(message)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.warning("the channel layer is away, what is new is found by looking: %s", error)
            finally:
                await self._leave()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_RETRY_SECONDS)

    async def _open(self) -> None:
        # Cancelled half way the layer would keep a channel whose name nobody knows.
        opening = asyncio.ensure_future(self._layer.new_channel())
        try:
            self._channel = await asyncio.shield(opening)
        except asyncio.CancelledError:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                self._channel = await opening
            raise
        await self._tune()

    async def _receive(self) -> Any:
        try:
            return await self._layer.receive(self._channel)
        except asyncio.CancelledError:
            self._is_forgotten = True
            raise

    async def _tune(self) -> None:
        async with self._tuning, asyncio.timeout(_PATIENCE_SECONDS):
            channel = self._channel
            if channel is None:
                return
            for group in self._wanted - self._joined:
                await self._layer.group_add(group, channel)
                self._joined.add(group)
            for group in self._joined - self._wanted:
                await self._layer.group_discard(group, channel)
                self._joined.discard(group)

    async def _leave(self) -> None:
        channel, self._channel = self._channel, None
        joined, self._joined = self._joined, set()
        if channel is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                for group in joined:
                    await self._layer.group_discard(group, channel)
                if not self._is_forgotten:
                    await self._forget(channel)
        except Exception as error:
            logger.warning("the channel layer is away, a channel is left behind: %s", error)

    async def _forget(self, channel: str) -> None:
        """Layers forget a channel when whoever waits on it is cancelled, and know no other way."""
        waiting = asyncio.ensure_future(self._layer.receive(channel))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
