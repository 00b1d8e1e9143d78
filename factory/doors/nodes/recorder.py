"""Writes to the database from one thread: levels are retried until they are in, and nothing here stops the agent."""

import collections
import logging
import threading
from collections.abc import Callable, Hashable

from django.db import InterfaceError, OperationalError, close_old_connections

logger = logging.getLogger(__name__)

Job = Callable[[], None]
MAX_EVENTS = 10_000
"""Writes in order that wait while the database is away; beyond them the oldest are given up, and said so."""
_FIRST_RETRY_SECONDS = 0.5
_LAST_RETRY_SECONDS = 5.0


class Recorder:
    """Carries out database writes, one after the other, on a thread of its own."""

    def __init__(self) -> None:
        self._levels: dict[Hashable, Job] = {}
        self._events: collections.deque[Job] = collections.deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def set_level(self, key: Hashable, job: Job) -> None:
        """Write this; an earlier one of the same key that is not yet written is superseded."""
        with self._changed:
            self._levels[key] = job
            self._changed.notify()

    def add_event(self, job: Job) -> None:
        """Write this once, in order."""
        with self._changed:
            if len(self._events) >= MAX_EVENTS:
                self._events.popleft()
                logger.error("the database has been away too long: the oldest of %d waiting writes is lost", MAX_EVENTS)
            self._events.append(job)
            self._changed.notify()

    def stop(self, *, seconds: float) -> None:
        """Write what waits, for at most this long, and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(seconds)

    def _work(self) -> None:
        pause = 0.0
        while True:
            with self._changed:
                while not (self._levels or self._events or self._stopping):
                    self._changed.wait()
                if pause:
                    self._changed.wait(pause)
                if self._stopping and (pause or not (self._levels or self._events)):
                    return
                key, job = self._take()
            pause = 0.0 if self._carry_out(key, job) else min(max(2 * pause, _FIRST_RETRY_SECONDS), _LAST_RETRY_SECONDS)

    def _take(self) -> tuple[Hashable | None, Job]:
        """The next write; events first, they are news of files."""
        if self._events:
            return None, self._events.popleft()
        key = next(iter(self._levels))
        return key, self._levels.pop(key)

    def _carry_out(self, key: Hashable | None, job: Job) -> bool:
        try:
            close_old_connections()
            job()
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database refuses a write, it is tried again: %s", error)
            close_old_connections()
            with self._changed:
                if key is None:
                    self._events.appendleft(job)
                else:
                    self._levels.setdefault(key, job)
            return False
        except Exception:
            # A write that cannot work must not stop those after it.
            logger.exception("a write is given up")
        return True
