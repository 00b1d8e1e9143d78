"""Finds out, off the event loop, whether an instance that fell silent is over."""

import asyncio
import logging
from collections.abc import Callable

from factory.drivers.driver import Driver, EngineState
from factory.foundation.errors import FactoryError

logger = logging.getLogger(__name__)

_OVER = (EngineState.EXITED, EngineState.ABSENT)


class InstanceEnds:
    """Asks the driver about silent instances, one look at a time.

    Args:
        driver: asked.
        on_end: called in the event loop with each instance that is over.
    """

    def __init__(self, driver: Driver, on_end: Callable[[str], None]) -> None:
        self._driver = driver
        self._on_end = on_end
        self._looking: asyncio.Task[None] | None = None
        self._again = False

    def look_soon(self, silent: Callable[[], list[str]]) -> None:
        """Look at these instances; if a look is under way, once more afterwards."""
        if self._looking and not self._looking.done():
            self._again = True
        elif silent():
            self._looking = asyncio.get_running_loop().create_task(self._look(silent))

    async def _look(self, silent: Callable[[], list[str]]) -> None:
        while True:
            self._again = False
            for name in silent():
                try:
                    seen = await asyncio.to_thread(self._driver.inspect, name)
                except (FactoryError, OSError) as error:
                    logger.warning("%s: cannot tell whether it is over: %s", name, error)
                    continue
                if seen.state in _OVER and name in silent():
                    self._on_end(name)
            if not self._again:
                return
