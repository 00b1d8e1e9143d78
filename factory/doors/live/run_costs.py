"""What runs cost, asked at most every few seconds however often their browsers are told something."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings

from factory.domain.billing.selectors import RunCost, run_cost
from factory.doors.live.view import Cost
from factory.foundation import clock

KEEP_SECONDS = 3.0
MOST_RUNS = 1000


class RunCosts:
    """Remembers for a moment what a run costs; browsers go on counting by themselves.

    Args:
        read: what a run costs, by its id.
        clock: seconds, monotonic.
    """

    def __init__(self, read: Callable[[str], RunCost], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._known: OrderedDict[tuple[str, str], tuple[float, RunCost]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run_id: str, state: str) -> Cost:
        """What a run costs; asked anew as soon as its state is another one."""
        key, now = (run_id, state), self._clock()
        with self._lock:
            known = self._known.get(key)
        if known is None or now - known[0] > KEEP_SECONDS:
            known = (now, self._read(run_id))
            with self._lock:
                self._known[key] = known
                self._known.move_to_end(key)
                while len(self._known) > MOST_RUNS:
                    self._known.popitem(last=False)
        return Cost(known[1].settled, known[1].running, settings.FACTORY_CURRENCY)


COSTS = RunCosts(lambda run_id: run_cost(run_id, clock.now()))
