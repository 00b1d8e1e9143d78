"""Stops instances whose deadline or paid time has passed: database and Redis may be gone. Deadlines are labels."""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping

from factory.doors.nodes.paid_time import PaidTime
from factory.drivers.driver import Driver, EngineState, Seen
from factory.foundation.errors import FactoryError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
GRACE_SECONDS = 5.0
_ALIVE = (EngineState.RUNNING, EngineState.PAUSED, EngineState.CREATED)


def overdue(seen: list[Seen], *, now_seconds: float, ends: Mapping[str, float] | None = None) -> list[Seen]:
    """Those that live on past their deadline, or past the end of their run; in seconds since the Unix epoch."""
    by_run = ends or {}
    return [
        one
        for one in seen
        if one.labels
        and one.state in _ALIVE
        and min(one.labels.deadline, by_run.get(one.labels.run, math.inf)) < now_seconds
    ]


class Deadlines:
    """Looks every two seconds, on a thread of its own, and stops what is overdue."""

    def __init__(self, driver: Driver, *, paid: PaidTime | None = None, clock: Callable[[], float] = time.time) -> None:
        self._driver = driver
        self._paid = paid
        self._clock = clock
        self._stopping = threading.Event()
        self._being_stopped: set[str] = set()
        self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; an instance that is just being stopped may outlive us, and the next agent stops it."""
        self._stopping.set()
        self._thread.join(LOOK_SECONDS)

    def look(self) -> list[threading.Thread]:
        """Look once; each overdue instance is stopped on a thread, so that one that clings holds up none."""
        threads = []
        ends = self._paid.ends() if self._paid is not None else {}
        for seen in overdue(self._driver.list_owned(), now_seconds=self._clock(), ends=ends):
            if seen.name in self._being_stopped:
                continue
            self._being_stopped.add(seen.name)
            thread = threading.Thread(target=self._end, args=(seen.name,), name=f"stop {seen.name}", daemon=True)
            thread.start()
            threads.append(thread)
        return threads

    def _end(self, name: str) -> None:
        logger.warning("%s is past its deadline, or its paid time, and is stopped", name)
        try:
            self._driver.stop(name, grace_seconds=GRACE_SECONDS)
        except (FactoryError, OSError):
            logger.exception("%s is past its time and cannot be stopped; it is tried again", name)
        finally:
            self._being_stopped.discard(name)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
            except (FactoryError, OSError) as error:
                logger.warning("cannot look for overdue instances: %s", error)
            except Exception:
                # Nothing may end this thread while the agent lives: it is the last wall against runaway instances.
                logger.exception("looking for overdue instances failed; it goes on")
