"""Hears a run's status on the channel layer, on a thread, and keeps the newest."""

import asyncio
import threading
from typing import Any, Protocol

_RETRY_SECONDS = 0.5


class Layer(Protocol):
    """What is used of a channel layer."""

    async def new_channel(self) -> str:
        """A channel of our own."""

    async def group_add(self, group: str, channel: str) -> None:
        """Hear a group on a channel."""

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message on a channel."""


class LiveStatus:
    """The newest `run.status` message of a run; without a layer it stays empty, and the run goes on."""

    def __init__(self, layer: Layer, run: str) -> None:
        self._layer = layer
        self._run = run
        self._status: dict[str, Any] = {}
        self._changed = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._work, name="live status", daemon=True)

    def start(self) -> None:
        """Begin to hear."""
        self._thread.start()

    def newest(self) -> dict[str, Any]:
        """The message heard last, empty before the first."""
        return self._status

    def wait(self, seconds: float) -> None:
        """Return when there is something new, after this long at the latest."""
        self._changed.wait(seconds)
        self._changed.clear()

    def stop(self) -> None:
        """Hear no more."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(2.0)

    def _cancel(self) -> None:
        if self._task:
            self._task.cancel()

    def _work(self) -> None:
        try:
            self._task = self._loop.create_task(self._hear())
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _hear(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel()
                await self._layer.group_add(f"run.{self._run}", channel)
                while True:
                    message = await self._layer.receive(channel)
                    if message.get("type") == "run.status":
                        self._status = message
                        self._changed.set()
            except asyncio.CancelledError:
                raise
            except Exception:
                # Only the view suffers; whoever runs the services says why.
                await asyncio.sleep(_RETRY_SECONDS)
