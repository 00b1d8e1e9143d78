"""Decides what to do so that what is seen becomes what is wanted. Pure: nothing is touched, time is an argument."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping

from components.contract.node_states import NodeState
from factory.domain.runs.states import StopCause
from factory.drivers.driver import EngineState, Seen
from factory.orchestration.attempts import FAILED_SECONDS, MOST_FAILURES, Attempt, History, NodeHistory, delay_seconds

_ENDED = frozenset({EngineState.EXITED, EngineState.ABSENT})
CLOCK_SLACK_SECONDS = 60.0
"""How far the engine's clock may be ahead of ours before we believe neither."""
ORPHAN_GRACE_SECONDS = 10.0
"""What an instance gets to end that nothing wants and whose manifest nobody knows."""


@dataclasses.dataclass(frozen=True)
class WantedNode:
    """What the plan must know of a node; times as its manifest gives them."""

    ready_seconds: float = 30.0
    stop_seconds: float = 10.0


@dataclasses.dataclass(frozen=True)
class WantedRun:
    """What is wanted of a run.

    Attributes:
        nodes: by name; empty where nobody knows the run.
        wanted: its nodes should live.
        deadline: nothing of it lives longer.
    """

    nodes: Mapping[str, WantedNode]
    wanted: bool
    deadline: datetime.datetime


@dataclasses.dataclass(frozen=True, order=True)
class Start:
    """Start this attempt; one that exists and was only created is started."""

    node: str
    attempt: int


@dataclasses.dataclass(frozen=True, order=True)
class Stop:
    """Ask this instance to end, and kill it after the grace."""

    name: str
    node: str
    attempt: int
    grace_seconds: float
    cause: StopCause


@dataclasses.dataclass(frozen=True)
class Replace:
    """Stop these, and once all have ended start the other; without the stops there is no start."""

    stops: tuple[Stop, ...]
    start: Start


@dataclasses.dataclass(frozen=True, order=True)
class Discard:
    """Let the engine forget an instance that has ended and whose end is kept, or that never ran."""

    name: str


@dataclasses.dataclass(frozen=True, order=True)
class GiveUp:
    """Try this node no more; its run ends."""

    node: str
    reason: str


Action = Start | Stop | Replace | Discard | GiveUp


def plan(desired: WantedRun, observed: Iterable[Seen], history: History, now: datetime.datetime) -> list[Action]:
    """What to do now, in a settled order; empty where all is as it should be.

    Args:
        desired: what is wanted of the run.
        observed: every instance of it that the engine has; those without labels are not ours and left alone.
        history: what the rows know, `observed` included.
        now: the time.
    """
    ours = sorted((seen for seen in observed if seen.labels is not None), key=lambda seen: seen.name)
    wanted = desired.wanted and now < desired.deadline
    actions: list[Action] = []
    if wanted:
        actions = _give_up(desired, ours, history, now)
    if not wanted or actions or any(history.of(name).given_up for name in desired.nodes):
        return actions + _end_all(desired, ours, history)
    for name in sorted(desired.nodes):
        mine = [seen for seen in ours if _node(seen) == name]
        actions += _keep_alive(name, desired.nodes[name], mine, history, now)
    strangers = [seen for seen in ours if _node(seen) not in desired.nodes]
    return actions + _end_all(desired, strangers, history)


def _give_up(desired: WantedRun, ours: list[Seen], history: History, now: datetime.datetime) -> list[Action]:
    actions: list[Action] = []
    for name in sorted(desired.nodes):
        known = history.of(name)
        if known.given_up:
            continue
        late = any(_is_late(seen, desired.nodes[name], known, now) for seen in ours if _node(seen) == name)
        reason = _hopeless(known, now, late=late)
        if reason:
            actions.append(GiveUp(name, reason))
    return actions


def _hopeless(known: NodeHistory, now: datetime.datetime, *, late: bool) -> str:
    """Why another attempt would not help, or nothing."""
    last = known.last
    if last is not None and last.misconfigured:
        return known.reason or "it cannot work as it is configured (exit code 64)"
    if last is not None and known.said is NodeState.FAILED and (last.finished or _has_failed_long(known, last, now)):
        return known.reason or "it says that it cannot do its work"
    if known.failures() + late >= MOST_FAILURES:
        return f"it failed {MOST_FAILURES} times in a row" + (f": {known.reason}" if known.reason else "")
    return ""


def _has_failed_long(known: NodeHistory, last: Attempt, now: datetime.datetime) -> bool:
    """It says *failed* and lives on; one that crashes says so too, and is judged by its exit code."""
    if last.ended or known.said_at is None:
        return False
    return (now - known.said_at).total_seconds() >= FAILED_SECONDS


def _keep_alive(
    name: str, node: WantedNode, mine: list[Seen], history: History, now: datetime.datetime
) -> list[Action]:
    """See to it that one attempt of a node lives, and no more than one."""
    known = history.of(name)
    forgotten = [seen for seen in mine if _may_be_forgotten(seen, history)]
    alive = sorted((seen for seen in mine if seen.state not in _ENDED and seen not in forgotten), key=_attempt)
    # An older one that never ran has nothing to stop.
    forgotten += [seen for seen in alive[:-1] if seen.state is EngineState.CREATED]
    actions: list[Action] = [Discard(seen.name) for seen in forgotten]
    if not alive:
        unrecorded = any(seen.state is EngineState.EXITED and seen.name not in history.recorded for seen in mine)
        start = None if unrecorded else _next_start(name, mine, known, now)
        return actions + ([start] if start is not None else [])
    newest = alive[-1]
    older = [seen for seen in alive[:-1] if seen not in forgotten]
    stops = tuple(_stop(seen, node.stop_seconds, StopCause.DUPLICATE) for seen in older)
    if newest.state is EngineState.CREATED:
        start = Start(name, _attempt(newest))
        return [*actions, Replace(stops, start) if stops else start]
    if _is_late(newest, node, known, now):
        stops += (_stop(newest, node.stop_seconds, StopCause.NOT_READY),)
        if not delay_seconds(known.failures() + 1, jitter=known.jitter):
            return [*actions, Replace(stops, Start(name, _latest(mine, known) + 1))]
    return [*actions, *stops]


def _next_start(name: str, mine: list[Seen], known: NodeHistory, now: datetime.datetime) -> Start | None:
    last = known.last
    if last is None:
        return Start(name, _latest(mine, known) + 1)
    if not last.ended:
        # Its row was written and it never came to be: under the same name it cannot come to be twice.
        return Start(name, last.number)
    if last.finished:
        return None
    due_at, ended_at = known.due_at(), last.finished_at or last.ended_at
    # An end far in the future means that the clock was set back, and is no reason to wait for it.
    is_sane = ended_at is None or (ended_at - now).total_seconds() <= CLOCK_SLACK_SECONDS
    waits = due_at is not None and now < due_at and is_sane
    return None if waits else Start(name, _latest(mine, known) + 1)


def _end_all(desired: WantedRun, ours: list[Seen], history: History) -> list[Action]:
    actions: list[Action] = []
    for seen in ours:
        if seen.state is EngineState.CREATED or _may_be_forgotten(seen, history):
            actions.append(Discard(seen.name))
        elif seen.state not in _ENDED:
            node = desired.nodes.get(_node(seen))
            grace = node.stop_seconds if node is not None else ORPHAN_GRACE_SECONDS
            actions.append(_stop(seen, grace, StopCause.UNWANTED))
    return actions


def _is_late(seen: Seen, node: WantedNode, known: NodeHistory, now: datetime.datetime) -> bool:
    """Whether it runs, and should have said ready by now."""
    attempt = known.attempt(_attempt(seen))
    if seen.state is not EngineState.RUNNING or seen.started_at is None or (attempt is not None and attempt.was_ready):
        return False
    return (now - seen.started_at).total_seconds() >= node.ready_seconds


def _may_be_forgotten(seen: Seen, history: History) -> bool:
    """It has ended, or could not be started, and the rows say so."""
    return seen.state in (EngineState.EXITED, EngineState.CREATED) and seen.name in history.recorded


def _stop(seen: Seen, grace_seconds: float, cause: StopCause) -> Stop:
    return Stop(seen.name, _node(seen), _attempt(seen), grace_seconds, cause)


def _latest(mine: list[Seen], known: NodeHistory) -> int:
    last: Attempt | None = known.last
    return max([_attempt(seen) for seen in mine] + [last.number if last is not None else 0], default=0)


def _node(seen: Seen) -> str:
    return seen.labels.node if seen.labels is not None else ""


def _attempt(seen: Seen) -> int:
    return seen.labels.attempt if seen.labels is not None else 0
