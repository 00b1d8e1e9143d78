"""The run's clock as seen from inside an instance."""

import time


class RunClock:
    """Nanoseconds on the run's clock, which all instances of a run share.

    The offset to this instance's own monotonic clock is measured at every `hello`: sandboxes such as gVisor
    keep a monotonic clock of their own.
    """

    def __init__(self) -> None:
        self._offset = 0
        self._measured = False

    @property
    def measured(self) -> bool:
        """Whether the agent has answered a `hello` yet."""
        return self._measured

    def now(self) -> int:
        """The run's clock now."""
        return time.monotonic_ns() + self._offset

    def to_run(self, monotonic_ns: int) -> int:
        """A stamp of this instance's monotonic clock on the run's clock."""
        return monotonic_ns + self._offset

    def measure(self, *, hello_ns: int, agent_ns: int) -> None:
        """Set the offset from one exchange, taking the way there to be half of the way there and back.

        A later exchange over a slower round trip than the difference it finds changes nothing: it would only
        add jitter.

        Args:
            hello_ns: this instance's monotonic clock as it sent its `hello`.
            agent_ns: the run's clock as the agent read it.
        """
        now = time.monotonic_ns()
        round_trip = max(now - hello_ns, 0)
        offset = agent_ns + round_trip // 2 - now
        if self._measured and abs(offset - self._offset) <= round_trip:
            return
        # The same clock on both sides: a difference below the round trip is the measurement, not the clock.
        self._offset = 0 if abs(offset) <= round_trip else offset
        self._measured = True
