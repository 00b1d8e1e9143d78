"""Until when the runs of this host are paid for, as last read: what ends them when nobody else does."""

import time
from collections.abc import Callable, Mapping

from factory.orchestration.desired_world import DesiredRun

SLACK_SECONDS = 5.0
"""A reading may be so old: nobody is stopped for one that was overtaken."""


class PaidTime:
    """The paid time of runs, each as a moment after which nothing of it may live; filled by one thread, read by others.

    A run that was read after its paid time, and was not renewed, has its nodes' own time to end and no more. While
    nothing can be read it goes on for the outage besides: what is ours to mend ends nobody's run at once.

    Args:
        outage_seconds: how long a run outlives its paid time while the database does not answer.
        clock: seconds since the Unix epoch.
    """

    def __init__(self, *, outage_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._outage = max(outage_seconds, SLACK_SECONDS)
        self._clock = clock
        self._ends: dict[str, float] = {}

    def follow(self, desired: DesiredRun) -> None:
        """A run was just read."""
        if desired.paid_until is None:
            self.forget(desired.id)
            return
        paid = desired.paid_until.timestamp()
        is_unpaid = self._clock() >= paid + SLACK_SECONDS
        stopping = max((node.stop_seconds for node in desired.nodes.values()), default=0)
        self._ends[desired.id] = paid + stopping + (SLACK_SECONDS if is_unpaid else self._outage)

    def forget(self, run: str) -> None:
        """A run is over, or nobody need pay for it."""
        self._ends.pop(run, None)

    def ends(self) -> Mapping[str, float]:
        """By run, the second since the Unix epoch after which nothing of it may live."""
        return dict(self._ends)
