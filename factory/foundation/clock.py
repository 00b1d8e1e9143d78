"""The two clocks: wall time for what people read, monotonic time for the media of a run."""

import datetime
import time


def now() -> datetime.datetime:
    """The wall clock, aware, UTC. Domain functions take it as an argument."""
    return datetime.datetime.now(datetime.UTC)


def run_clock_ns() -> int:
    """The run's clock in nanoseconds: this host's monotonic clock, so that it survives a restart of the agent."""
    return time.monotonic_ns()
