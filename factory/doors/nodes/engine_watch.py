"""Hears from the engine that an instance started or ended, and hands it on. Only a hint: engines replay nothing."""

import logging
import threading
from collections.abc import Callable

from factory.drivers.driver import Driver, EngineEvent, WatchesEvents
from factory.foundation.errors import FactoryError

logger = logging.getLogger(__name__)

_FIRST_RETRY_SECONDS = 0.5
_LAST_RETRY_SECONDS = 10.0


class EngineWatch:
    """Follows the driver's events on a thread of its own; does nothing for a driver that tells of none.

    Args:
        driver: whose events.
        on_event: called on that thread.
    """

    def __init__(self, driver: Driver, on_event: Callable[[EngineEvent], None]) -> None:
        self._driver = driver
        self._on_event = on_event
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="engine events", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        if isinstance(self._driver, WatchesEvents):
            self._thread.start()

    def stop(self) -> None:
        """End at the next event; the thread never keeps the process alive."""
        self._stopping.set()

    def _watch(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                if isinstance(self._driver, WatchesEvents):
                    for event in self._driver.events():
                        pause = 0.0
                        if self._stopping.is_set():
                            return
                        self._on_event(event)
            except (FactoryError, OSError) as error:
                logger.warning("the engine tells of no events: %s", error)
            except Exception:
                logger.exception("following the engine's events failed; it goes on")
            pause = min(max(2 * pause, _FIRST_RETRY_SECONDS), _LAST_RETRY_SECONDS)
