"""Events for drivers without an engine that tells: look often, compare with what was seen before."""

import threading
from collections.abc import Callable, Iterator

from factory.drivers.driver import EngineEvent, EngineState, Seen

POLL_SECONDS = 0.1


def watch(look: Callable[[], list[Seen]], *, closed: threading.Event) -> Iterator[EngineEvent]:
    """Starts and ends from now on, until `closed` is set. The first look happens at once, not at the first `next`."""
    return _follow(look, {seen.name: _stage(seen) for seen in look()}, closed)


def _follow(look: Callable[[], list[Seen]], before: dict[str, int], closed: threading.Event) -> Iterator[EngineEvent]:
    while not closed.wait(POLL_SECONDS):
        after = look()
        for seen in after:
            if seen.labels is None:
                continue
            for stage, kind in ((1, "started"), (2, "exited")):
                if before.get(seen.name, 0) < stage <= _stage(seen):
                    yield EngineEvent(name=seen.name, labels=seen.labels, kind=kind)
        before = {seen.name: _stage(seen) for seen in after}


def _stage(seen: Seen) -> int:
    """0 not started, 1 started, 2 ended."""
    return {EngineState.RUNNING: 1, EngineState.PAUSED: 1, EngineState.EXITED: 2}.get(seen.state, 0)
