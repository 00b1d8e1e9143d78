"""What is known of the attempts of a node, and when the next one is due. Pure."""

import dataclasses
import datetime
from collections.abc import Mapping

from components.contract.node_states import ExitCode, NodeState
from factory.domain.runs.states import StopCause

FIRST_DELAY_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 300.0
STABLE_SECONDS = 600.0
"""After so long a run of one attempt, its end is the first failure again."""
MOST_FAILURES = 5
"""After so many in a row a node is given up: more than a minute of trying."""
FAILED_SECONDS = 3.0
"""A component that says *failed* has so long to end by itself; then its exit code says whether to try again."""
JITTER = 0.1


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One instance of a node, as the rows have it.

    Attributes:
        number: counts a node's attempts from 1.
        started_at, finished_at: the engine's times; None where it never started or the engine cannot say.
        ended_at: when we learned that nothing of it is left alive, which holds for a start that failed too.
        stop_cause: why we asked it to stop, None where we did not.
        was_ready: it has said that it can take media.
    """

    number: int
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
    exit_code: int | None = None
    stop_cause: StopCause | None = None
    was_ready: bool = False

    @property
    def ended(self) -> bool:
        """Nothing of it is left alive."""
        return self.ended_at is not None

    @property
    def finished(self) -> bool:
        """It ended by itself, with success."""
        return self.ended and self.stop_cause is None and self.exit_code == ExitCode.DONE

    @property
    def failed(self) -> bool:
        """It ended as it should not have."""
        if not self.ended or self.stop_cause in (StopCause.UNWANTED, StopCause.DUPLICATE):
            return False
        return self.stop_cause is StopCause.NOT_READY or self.exit_code != ExitCode.DONE

    @property
    def misconfigured(self) -> bool:
        """It said that another attempt would not help."""
        return self.ended and self.stop_cause is None and self.exit_code == ExitCode.MISCONFIGURED

    @property
    def was_stable(self) -> bool:
        """It ran for so long that what came before it no longer counts."""
        if self.started_at is None or self.finished_at is None:
            return False
        return (self.finished_at - self.started_at).total_seconds() >= STABLE_SECONDS


@dataclasses.dataclass(frozen=True)
class NodeHistory:
    """What is known of one node.

    Attributes:
        attempts: by number, ascending.
        said: the component's own word, of the last attempt.
        said_at: when it said so.
        reason: why it said so, or how the last attempt ended.
        jitter: 0 to 1, always the same for the same next attempt, so that plans repeat.
    """

    attempts: tuple[Attempt, ...] = ()
    said: NodeState = NodeState.STARTING
    said_at: datetime.datetime | None = None
    reason: str = ""
    given_up: bool = False
    jitter: float = 0.5

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def finished(self) -> bool:
        """Whether the node has ended by itself, with success, and is not started again."""
        return self.last is not None and self.last.finished

    def attempt(self, number: int) -> Attempt | None:
        """The attempt of this number."""
        return next((attempt for attempt in self.attempts if attempt.number == number), None)

    def failures(self) -> int:
        """How many of the latest attempts failed in a row."""
        count = 0
        for attempt in reversed(self.attempts):
            if attempt.stop_cause in (StopCause.UNWANTED, StopCause.DUPLICATE) or not attempt.ended:
                continue
            if not attempt.failed:
                break
            count += 1
            if attempt.was_stable:
                break
        return count

    def due_at(self) -> datetime.datetime | None:
        """When the next attempt may start; None where there is nothing to wait for."""
        ended_at = (self.last.finished_at or self.last.ended_at) if self.last is not None else None
        seconds = delay_seconds(self.failures(), jitter=self.jitter)
        return ended_at + datetime.timedelta(seconds=seconds) if ended_at is not None and seconds else None


@dataclasses.dataclass(frozen=True)
class History:
    """What is known of a run.

    Attributes:
        nodes: by name.
        recorded: names of instances whose end is kept, so that the engine may forget them.
    """

    nodes: Mapping[str, NodeHistory] = dataclasses.field(default_factory=dict)
    recorded: frozenset[str] = frozenset()

    def of(self, node: str) -> NodeHistory:
        """What is known of this node, which may be nothing."""
        return self.nodes.get(node, NodeHistory())


def delay_seconds(failures: int, *, jitter: float) -> float:
    """How long after the last of so many failures in a row the next attempt starts: 0, 10, 20, 40 ... 300, +-10 %."""
    if failures <= 1:
        return 0.0
    # The exponent is bounded, since Python's integers are not.
    delay: float = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(failures - 2, 10))
    return delay * (1 + JITTER * (2 * jitter - 1))
