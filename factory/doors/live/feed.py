"""What the browsers of one pipeline are shown, kept fresh: one a pipeline and process, whoever looks on.

The channel layer only says that something is new; what it is stands in the database, and in the agent's newest word.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseError

from factory.domain.runs.groups import pipeline_group, run_group
from factory.doors.live.ear import Ear
from factory.doors.live.merge_patch import Json, diff
from factory.doors.live.messages import encode
from factory.doors.live.view import PipelineRows, live_state, thinned

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""A bell that nobody heard is made good by looking this often."""
BETWEEN_LOOKS_SECONDS = 0.1
"""However often the bell rings, the database is asked no more often than this."""
STATUS_SECONDS = 10.0
"""An agent speaks every second of a run; one that is silent for this long no longer knows better than the rows."""
MOST_BYTES = 960 * 1024
"""Of a view, or of a patch: daphne sends nothing above a MiB."""


class View:
    """What is shown from one moment to the next; it never changes."""

    def __init__(self, state: Json) -> None:
        self.state, self.text = state, encode(state)
        if len(self.text) > MOST_BYTES:
            self.state = thinned(state)
            self.text = encode(self.state)


class Feed:
    """Follows one pipeline and its newest run.

    Args:
        pipeline_id: which.
        read: its rows, off the event loop; None once it is gone.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        pipeline_id: int,
        *,
        read: Callable[[int], Awaitable[PipelineRows | None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pipeline_id = pipeline_id
        self.view: View | None = None
        self.has_ended = False
        self.listeners: set[Callable[[], None]] = set()
        self._read = read
        self._clock = clock
        self._ear = Ear(_groups(pipeline_id, None), self._heard)
        self._bell = asyncio.Event()
        self._rows: PipelineRows | None = None
        self._status: dict[str, Any] | None = None
        self._status_at = 0.0
        self._patches: dict[tuple[View, View], str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to hear and to look."""
        self._tasks = [asyncio.create_task(self._ear.hear()), asyncio.create_task(self._look())]

    async def stop(self) -> None:
        """Hear no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def patch(self, seen: View, now: View) -> str | None:
        """JSON of the merge patch between two views, written once for all who need it; None where it is too large."""
        if (seen, now) not in self._patches:
            self._patches[seen, now] = encode(diff(seen.state, now.state))
        text = self._patches[seen, now]
        return text if len(text) <= MOST_BYTES else None

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("type") != "run.status":
            self._bell.set()
            return
        self._status, self._status_at = message, self._clock()
        self._show()

    async def _look(self) -> None:
        is_away = False
        # First hear, then look: what happens in between rings.
        await self._ear.wait_until_open()
        while not self.has_ended:
            self._bell.clear()
            try:
                rows = await self._read(self.pipeline_id)
                await self._ear.listen_to(_groups(self.pipeline_id, rows))
                self._take(rows)
                is_away = False
            except DatabaseError as error:
                if not is_away:
                    logger.warning("pipeline %s cannot be read, its browsers wait: %s", self.pipeline_id, error)
                is_away = True
            except Exception:
                # What is shown grows old; a feed that ended would be worse.
                logger.exception("pipeline %s cannot be shown", self.pipeline_id)
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._bell.wait()
            except TimeoutError:
                pass

    def _take(self, rows: PipelineRows | None) -> None:
        if rows is None:
            self.has_ended = True
            self._tell()
            return
        self._rows = rows
        if self._status is not None and self._clock() - self._status_at > STATUS_SECONDS:
            self._status = None
        self._show()

    def _show(self) -> None:
        if self._rows is None:
            return
        try:
            state = live_state(self._rows, self._status)
        except (LookupError, TypeError, ValueError, AttributeError):
            logger.exception("the agent's word of pipeline %s makes no sense", self.pipeline_id)
            self._status = None
            state = live_state(self._rows, None)
        seen, now = self.view, View(state)
        if seen is not None and seen.text == now.text:
            return
        self._patches.clear()
        self.view = now
        self._tell()

    def _tell(self) -> None:
        for listener in list(self.listeners):
            listener()


def _groups(pipeline_id: int, rows: PipelineRows | None) -> frozenset[str]:
    own = pipeline_group(pipeline_id=pipeline_id)
    run = rows.run if rows is not None else None
    return frozenset({own} if run is None else {own, run_group(run_id=run.id)})
