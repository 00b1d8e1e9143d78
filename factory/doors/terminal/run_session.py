"""One run from its request to its end, as a person at a terminal follows it."""

import dataclasses
import datetime
import time
from collections.abc import Callable

from django.conf import settings

from components.contract.node_states import NodeState
from factory.domain.pipelines.models import Version
from factory.domain.runs import selectors, services
from factory.domain.runs.selectors import RunSnapshot
from factory.domain.runs.states import RunState
from factory.doors.terminal.live_status import LiveStatus
from factory.doors.terminal.run_rows import NodeRow, WireRow, node_rows, wire_rows
from factory.doors.terminal.run_view import View
from factory.foundation import clock
from factory.foundation.errors import FactoryError
from factory.orchestration import admission, reconcile

READY_SECONDS = 90.0
"""All nodes must be ready within this; each has its own, shorter, limit in its manifest."""
STOP_SECONDS = 90.0
DEADLINE_MARGIN_SECONDS = 120.0
_QUICK_LOOK_SECONDS = 0.05
_LOOK_SECONDS = 0.25


Picture = tuple[str, list[NodeRow], list[WireRow]]


@dataclasses.dataclass
class Result:
    """What became of it; `failure` is empty where all went well."""

    failure: str = ""
    ready_seconds: float | None = None


class RunSession:
    """Requests a run, shows it, and ends it.

    Args:
        version: to run.
        seconds: of media, counted from when every node is ready; None until interrupted.
        view: where it is shown.
        interrupted: whether the person wants it to end.
        trouble: why it cannot go on, None while it can.

    Raises:
        RunRefused: it may not begin; nothing is written then.
    """

    def __init__(
        self,
        version: Version,
        *,
        seconds: float | None,
        view: View,
        interrupted: Callable[[], bool],
        trouble: Callable[[], str | None],
    ) -> None:
        self._seconds = seconds
        self._view = view
        self._interrupted = interrupted
        self._trouble = trouble
        now = clock.now()
        self._requested = time.monotonic()
        run = admission.start_run(
            version=version, now=now, deadline=now + _longest(seconds), host=settings.FACTORY_HOST
        )
        self.run = run.pk
        self._ended = False

    def follow(self, live: LiveStatus, when_ready: Callable[[str], None]) -> Result:
        """Wait until every node is ready, then for the media, then stop.

        Args:
            live: the run's status.
            when_ready: called once with each node that becomes ready.
        """
        result = Result()
        result.failure = self._await_ready(live, when_ready, result)
        if not result.failure and not self._interrupted():
            result.failure = self._await_media(live, result)
        self._view.show(*self._picture("stopping", selectors.snapshot(run_id=self.run), live))
        result.failure = self.stop(live) or result.failure
        return result

    def stop(self, live: LiveStatus) -> str:
        """End the run and wait for that; returns why it failed, if it did."""
        if self._ended:
            return ""
        services.request_stop(run_id=self.run, now=clock.now(), reason="the terminal asked for it")
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            snapshot = selectors.snapshot(run_id=self.run)
            if snapshot.state.is_over:
                self._ended = True
                return explain(snapshot) if snapshot.state is RunState.FAILED else ""
            trouble = self._trouble()
            if trouble:
                self._end_by_hand()
            if trouble or time.monotonic() > deadline:
                return trouble or f"run {self.run} did not end within {STOP_SECONDS:.0f} s"
            live.wait(_QUICK_LOOK_SECONDS)

    def _end_by_hand(self) -> None:
        """Without services nobody else ends the instances."""
        self._ended = True
        try:
            reconcile.reconcile(run_id=self.run, now=clock.now())
        except FactoryError as error:
            self._view.say(f"the instances of run {self.run} may live on: {error}")

    def _await_ready(self, live: LiveStatus, when_ready: Callable[[str], None], result: Result) -> str:
        told: set[str] = set()
        while True:
            snapshot = selectors.snapshot(run_id=self.run)
            self._view.show(*self._picture("starting", snapshot, live))
            for node in snapshot.nodes:
                if node.name not in told and node.state in (NodeState.READY, NodeState.DEGRADED):
                    told.add(node.name)
                    when_ready(node.name)
            waited = time.monotonic() - self._requested
            if snapshot.state in (RunState.READY, RunState.DEGRADED):
                result.ready_seconds = waited
                self._view.say(f"run {self.run}: every node is ready after {waited:.2f} s")
                return ""
            if failure := self._over(snapshot) or self._trouble():
                return failure
            if snapshot.state.is_over or self._interrupted():
                return ""
            if waited > READY_SECONDS:
                return f"not every node was ready within {READY_SECONDS:.0f} s: {explain(snapshot)}"
            live.wait(_QUICK_LOOK_SECONDS)

    def _await_media(self, live: LiveStatus, result: Result) -> str:
        begun = self._requested + (result.ready_seconds or 0.0)
        while True:
            snapshot = selectors.snapshot(run_id=self.run)
            passed = time.monotonic() - begun
            total = "" if self._seconds is None else f" of {self._seconds:g}"
            self._view.show(*self._picture(f"{snapshot.state} for {passed:.1f}{total} s", snapshot, live))
            if failure := self._over(snapshot) or self._trouble():
                return failure
            if snapshot.state.is_over or self._interrupted():
                return ""
            if self._seconds is not None and passed >= self._seconds:
                unready = [node.name for node in snapshot.nodes if node.state in (NodeState.STARTING, NodeState.FAILED)]
                return f"not ready at the end: {explain(snapshot)}" if unready else ""
            left = _LOOK_SECONDS if self._seconds is None else min(_LOOK_SECONDS, self._seconds - passed)
            live.wait(max(left, 0.0))

    def _over(self, snapshot: RunSnapshot) -> str:
        """Why the run failed, if it did."""
        if snapshot.state is RunState.FAILED or any(node.given_up for node in snapshot.nodes):
            return explain(snapshot)
        return ""

    def _picture(self, phase: str, snapshot: RunSnapshot, live: LiveStatus) -> Picture:
        status = live.newest()
        return f"run {self.run}: {phase}", node_rows(snapshot.nodes, status), wire_rows(status)


def _longest(seconds: float | None) -> datetime.timedelta:
    """How long a run with this much media may take as a whole."""
    if seconds is None:
        return admission.LONGEST_RUN
    margin = datetime.timedelta(seconds=READY_SECONDS + DEADLINE_MARGIN_SECONDS)
    # More than the longest is refused all the same, and a date does not take every number.
    return datetime.timedelta(seconds=min(seconds, admission.LONGEST_RUN.total_seconds())) + margin


def explain(snapshot: RunSnapshot) -> str:
    """Which nodes are not well, and why."""
    given_up = [f"{node.name}: {node.give_up_reason}" for node in snapshot.nodes if node.given_up]
    if given_up:
        return "; ".join(given_up)
    unwell = [
        f"{node.name} is {node.state}" + (f" ({reason})" if (reason := node.reason or node.end_reason) else "")
        for node in snapshot.nodes
        if node.state in (NodeState.STARTING, NodeState.FAILED)
    ]
    return snapshot.reason or "; ".join(unwell) or f"the run is {snapshot.state}"
