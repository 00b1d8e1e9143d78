"""An engine and rows as plain values, so that thousands of plans can be carried out in a second."""

import dataclasses
import datetime

from components.contract.node_states import NodeState
from factory.domain.runs.states import StopCause
from factory.drivers.driver import EngineState, Labels, Seen
from factory.orchestration.attempts import Attempt, History, NodeHistory
from factory.orchestration.plan import Action, Discard, GiveUp, Replace, Start, Stop, WantedNode, WantedRun, plan

START = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
ALIVE = (EngineState.CREATED, EngineState.RUNNING, EngineState.PAUSED, EngineState.UNKNOWN)


def name_of(node: str, attempt: int) -> str:
    return f"pf-run-{node}-{attempt}"


def seen_of(node: str, attempt: int, state: EngineState, **fields: object) -> Seen:
    labels = Labels("install", "alice", "run", node, attempt, epoch=1, deadline=0)
    return dataclasses.replace(Seen(name_of(node, attempt), state, labels), **fields)  # type: ignore[arg-type]


@dataclasses.dataclass
class ModelWorld:
    """What is wanted, what the engine has, and what the rows know."""

    nodes: dict[str, WantedNode]
    now: datetime.datetime = START
    wanted: bool = True
    deadline: datetime.datetime = START + datetime.timedelta(hours=1)
    engine: dict[str, Seen] = dataclasses.field(default_factory=dict)
    rows: dict[str, dict[int, Attempt]] = dataclasses.field(default_factory=dict)
    said: dict[str, tuple[int, NodeState, datetime.datetime]] = dataclasses.field(default_factory=dict)
    given_up: dict[str, str] = dataclasses.field(default_factory=dict)
    started: list[str] = dataclasses.field(default_factory=list)

    @property
    def desired(self) -> WantedRun:
        return WantedRun(self.nodes, self.wanted, self.deadline)

    @property
    def is_wanted(self) -> bool:
        return self.wanted and self.now < self.deadline and not self.given_up

    def alive(self, node: str | None = None) -> list[Seen]:
        mine = [seen for seen in self.engine.values() if seen.state in ALIVE]
        return [seen for seen in mine if node is None or (seen.labels and seen.labels.node == node)]

    def record(self) -> History:
        """Bring the rows up to the engine, as `record_seen` does."""
        for seen in self.engine.values():
            assert seen.labels is not None
            mine = self.rows.setdefault(seen.labels.node, {})
            row = mine.get(seen.labels.attempt, Attempt(seen.labels.attempt))
            ended_at = row.ended_at
            if seen.state is EngineState.EXITED:
                ended_at = ended_at or self.now
            elif seen.state in (EngineState.RUNNING, EngineState.PAUSED):
                ended_at = None
            mine[row.number] = dataclasses.replace(
                row,
                started_at=seen.started_at,
                finished_at=seen.finished_at,
                ended_at=ended_at,
                exit_code=seen.exit_code,
            )
        for node, attempts in self.rows.items():
            for number, row in attempts.items():
                if name_of(node, number) not in self.engine and row.started_at and not row.ended_at:
                    attempts[number] = dataclasses.replace(row, ended_at=self.now)
        return self.history()

    def history(self) -> History:
        nodes = {}
        for node in {*self.nodes, *self.rows}:
            attempts = tuple(row for _, row in sorted(self.rows.get(node, {}).items()))
            number, said, said_at = self.said.get(node, (0, NodeState.STARTING, None))
            is_current = bool(attempts) and attempts[-1].number == number
            nodes[node] = NodeHistory(
                attempts=attempts,
                said=said if is_current else NodeState.STARTING,
                said_at=said_at if is_current else None,
                given_up=node in self.given_up,
            )
        ended = [(node, row) for node, mine in self.rows.items() for row in mine.values() if row.ended]
        return History(nodes, frozenset(name_of(node, row.number) for node, row in ended))

    def plan(self) -> list[Action]:
        return plan(self.desired, list(self.engine.values()), self.record(), self.now)

    def write_intentions(self, actions: list[Action]) -> None:
        for action in actions:
            for stop in action.stops if isinstance(action, Replace) else [action] if isinstance(action, Stop) else []:
                row = self.rows.setdefault(stop.node, {}).get(stop.attempt, Attempt(stop.attempt))
                if row.stop_cause is None and not row.ended:
                    self.rows[stop.node][stop.attempt] = dataclasses.replace(row, stop_cause=stop.cause)
            start = action.start if isinstance(action, Replace) else action
            if isinstance(start, Start):
                self.rows.setdefault(start.node, {}).setdefault(start.attempt, Attempt(start.attempt))
            if isinstance(action, GiveUp):
                self.given_up[action.node] = action.reason

    def perform(self, action: Action) -> None:
        match action:
            case Start():
                self._start(action)
            case Stop():
                self.end(action.name, exit_code=0)
            case Replace():
                for stop in action.stops:
                    self.end(stop.name, exit_code=0)
                self._start(action.start)
            case Discard():
                assert self.engine[action.name].state is not EngineState.RUNNING
                del self.engine[action.name]

    def converge(self, *, most_passes: int) -> int:
        """Look and do until nothing is to do; how many looks that took."""
        for number in range(1, most_passes + 1):
            actions = self.plan()
            if not actions:
                return number
            self.write_intentions(actions)
            for action in actions:
                self.perform(action)
        raise AssertionError(f"still something to do after {most_passes} passes: {self.plan()}")

    def end(self, name: str, *, exit_code: int) -> None:
        seen = self.engine.get(name)
        if seen is not None and seen.state in (EngineState.RUNNING, EngineState.PAUSED, EngineState.UNKNOWN):
            self.engine[name] = dataclasses.replace(
                seen, state=EngineState.EXITED, finished_at=self.now, exit_code=exit_code
            )

    def _start(self, action: Start) -> None:
        name = name_of(action.node, action.attempt)
        seen = self.engine.get(name)
        if seen is None or seen.state is EngineState.CREATED:
            self.engine[name] = seen_of(action.node, action.attempt, EngineState.RUNNING, started_at=self.now)
            self.started.append(name)


def failed_attempt(number: int, *, ended_at: datetime.datetime, ran_seconds: float = 1, exit_code: int = 1) -> Attempt:
    started_at = ended_at - datetime.timedelta(seconds=ran_seconds)
    return Attempt(number, started_at, ended_at, ended_at, exit_code)


def stopped_attempt(number: int, cause: StopCause, *, ended_at: datetime.datetime) -> Attempt:
    return Attempt(number, ended_at, ended_at, ended_at, exit_code=0, stop_cause=cause)
