"""The agent's ear and voice on the channel layer. Without it the agent goes on; it only wakes and shows."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

logger = logging.getLogger(__name__)

MAX_OUTGOING = 1000
"""Messages that wait for the layer; beyond them the oldest is lost, as it would be without a layer."""
_FIRST_RETRY_SECONDS = 0.2
_LAST_RETRY_SECONDS = 5.0
_SEND_SECONDS = 2.0


class ChannelLayer(Protocol):
    """What is used of Channels' layers."""

    async def new_channel(self) -> str:
        """A channel of our own."""

    async def group_add(self, group: str, channel: str) -> None:
        """Hear a group on a channel."""

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message on a channel."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Tell everyone who hears the group."""

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Tell one channel."""


class Doorbells:
    """Hears one group and sends to many, reconnecting for ever.

    Args:
        layer: the channel layer.
        group: to hear.
        on_message: called with each message heard.
    """

    def __init__(self, layer: ChannelLayer, group: str, on_message: Callable[[dict[str, Any]], None]) -> None:
        self._layer = layer
        self._group = group
        self._on_message = on_message
        self._outgoing: asyncio.Queue[tuple[bool, str, dict[str, Any]]] = asyncio.Queue(MAX_OUTGOING)

    def tell_group(self, group: str, message: dict[str, Any]) -> None:
        """Queue a message to a group."""
        self._queue(True, group, message)

    def tell_channel(self, channel: str, message: dict[str, Any]) -> None:
        """Queue a message to a channel."""
        self._queue(False, channel, message)

    async def hear(self) -> None:
        """Hand on what is heard, until cancelled."""
        pause = 0.0
        while True:
            try:
                channel = await self._layer.new_channel()
                await self._layer.group_add(self._group, channel)
                if pause:
                    logger.info("the channel layer is back")
                pause = 0.0
                while True:
                    self._hand_on(await self._layer.receive(channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                if not pause:
                    logger.warning("the channel layer is away, doorbells wait: %s", error)
                pause = _longer(pause)
                await asyncio.sleep(pause)

    async def speak(self) -> None:
        """Send what is queued, until cancelled; a message that cannot be sent now is lost."""
        away = False
        while True:
            to_group, name, message = await self._outgoing.get()
            send = self._layer.group_send if to_group else self._layer.send
            try:
                async with asyncio.timeout(_SEND_SECONDS):
                    await send(name, message)
                if away:
                    logger.info("the channel layer takes messages again")
                away = False
            except asyncio.CancelledError:
                raise
            except Exception as error:
                if not away:
                    logger.warning("the channel layer is away, nobody is told: %s", error)
                away = True
                await asyncio.sleep(_FIRST_RETRY_SECONDS)

    def _queue(self, to_group: bool, name: str, message: dict[str, Any]) -> None:
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait((to_group, name, message))

    def _hand_on(self, message: dict[str, Any]) -> None:
        try:
            self._on_message(message)
        except (KeyError, TypeError, ValueError):
            logger.exception("a doorbell makes no sense")


def _longer(pause: float) -> float:
    return min(max(2 * pause, _FIRST_RETRY_SECONDS), _LAST_RETRY_SECONDS)
