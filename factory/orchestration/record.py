"""Keeps what the engine says of a run's instances: one row each, with the engine's own times."""

import binascii
import datetime
from collections.abc import Iterable

from components.contract.node_states import NodeState
from factory.domain.runs.models import MOST_REASON_CHARACTERS, Instance, Run, RunNode, StateChange
from factory.domain.runs.signals import show_on_commit, tell_of_end_on_commit
from factory.domain.runs.states import StopCause
from factory.drivers.driver import Driver, DriverUnavailable, EngineState, Labels, Limits, Seen
from factory.orchestration.attempts import Attempt, History, NodeHistory
from factory.orchestration.credit import cpu_millis_of
from factory.orchestration.lease import Lease
from factory.orchestration.secret_values import hide_secrets

LOG_LINES = 20
HEARTBEAT = datetime.timedelta(seconds=10)
"""How old what is written of an instance that lives may be; where the engine loses it, that is all that is counted."""
_KILLED = 137
"""What the engine says of an instance that was ended by SIGKILL: by us, by somebody, for want of memory."""
_WRITTEN = ("engine_state", "started_at", "finished_at", "ended_at", "exit_code", "out_of_memory", "end_reason")
_MIB = 1024 * 1024


def instance_name(run_id: str, node: str, attempt: int) -> str:
    """What the engine knows an attempt by; it refuses a second one."""
    return f"pf-{run_id}-{node}-{attempt}"


def record_seen(
    *,
    run: Run,
    nodes: list[RunNode],
    instances: list[Instance],
    observed: Iterable[Seen],
    driver: Driver,
    lease: Lease,
    now: datetime.datetime,
) -> list[Instance]:
    """Bring the rows up to what was observed; nothing is written where nothing changed.

    Returns:
        All rows of the run: those given, as they are now, and new ones for what nobody had a row for.
    """
    rows = {row.name: row for row in instances}
    seen_names = set()
    created, changed = [], []
    for seen in observed:
        if seen.labels is None:
            continue
        seen_names.add(seen.name)
        row = rows.get(seen.name)
        if row is None:
            row = _adopt(run, seen, seen.labels, now)
            rows[seen.name] = row
            _take_over(row, seen, driver, now)
            created.append(row)
        elif _take_over(row, seen, driver, now):
            changed.append(row)
    changed += [row for row in instances if row.name not in seen_names and _miss(row, now)]
    newer = _newer_attempts(nodes, created)
    beating = [row for row in rows.values() if _beats(row, now)]
    if created or changed or beating:
        with lease.writing(now=now):
            Instance.objects.bulk_create(created)
            Instance.objects.bulk_update(changed, _WRITTEN)
            Instance.objects.bulk_update(beating, ["seen_at"])
            RunNode.objects.bulk_update(newer, ["attempt"])
            for row in created + changed:
                if row.end_is_certain:
                    tell_of_end_on_commit(instance_id=row.pk)
            if created or changed:
                show_on_commit(run_id=run.pk)
    return list(rows.values())


def begin_attempt(*, node: RunNode, attempt: int, epoch: int, limits: Limits, now: datetime.datetime) -> None:
    """Write down that an attempt is about to be started; one that was written before keeps its row."""
    name = instance_name(node.run_id, node.name, attempt)
    Instance.objects.get_or_create(
        name=name,
        defaults={
            "run_id": node.run_id,
            "node": node.name,
            "attempt": attempt,
            "epoch": epoch,
            "requested_at": now,
            "cpu_millis": cpu_millis_of(limits.cpus),
            "memory_mib": limits.memory_bytes // _MIB,
        },
    )
    if node.attempt == attempt:
        return
    reason = f"attempt {attempt}" if attempt > 1 else ""
    if node.state != NodeState.STARTING:
        StateChange.objects.create(
            run_id=node.run_id, node=node.name, old=node.state, new=NodeState.STARTING, reason=reason, at=now
        )
    fresh = {"state": NodeState.STARTING.value, "reason": "", "state_at": now, "observed_revision": 0}
    RunNode.objects.filter(pk=node.pk).update(attempt=attempt, **fresh)


def history_of(nodes: list[RunNode], instances: list[Instance]) -> History:
    """What the plan needs to know, from the rows."""
    histories = {}
    for node in nodes:
        mine = sorted((row for row in instances if row.node == node.name), key=lambda row: row.attempt)
        is_current = not mine or mine[-1].attempt == node.attempt
        last_words = mine[-1].end_reason if mine else ""
        number = mine[-1].attempt + 1 if mine else 1
        histories[node.name] = NodeHistory(
            attempts=tuple(_attempt(row) for row in mine),
            said=NodeState(node.state) if is_current else NodeState.STARTING,
            said_at=node.state_at,
            reason="\n".join(word for word in (node.reason if is_current else "", last_words) if word),
            given_up=node.given_up,
            jitter=_jitter(instance_name(node.run_id, node.name, number)),
        )
    return History(histories, frozenset(row.name for row in instances if row.ended_at is not None))


def describe_end(seen: Seen, logs: str) -> str:
    """How an instance ended, and its last words."""
    how = "it ended" if seen.exit_code is None else f"it ended with exit code {seen.exit_code}"
    if seen.exit_code == _KILLED:
        how = f"it was killed (exit code {_KILLED})"
    if seen.out_of_memory:
        how += ": it used more memory than its manifest asks for"
    words = [how, seen.error, logs.strip()]
    return "\n".join(word for word in words if word)[:MOST_REASON_CHARACTERS]


def _adopt(run: Run, seen: Seen, labels: Labels, now: datetime.datetime) -> Instance:
    """A row for an instance that was started by someone whose rows are lost."""
    return Instance(
        run=run,
        node=labels.node,
        attempt=labels.attempt,
        name=seen.name,
        epoch=labels.epoch,
        requested_at=seen.started_at or now,
    )


def _take_over(row: Instance, seen: Seen, driver: Driver, now: datetime.datetime) -> bool:
    """Write what was seen into the row object; whether anything changed."""
    before = [getattr(row, name) for name in _WRITTEN]
    row.engine_state = seen.state.value
    if row.metered:
        # What it used is written, once; whatever the engine says of it later counts nowhere.
        return before != [getattr(row, name) for name in _WRITTEN]
    row.started_at = seen.started_at or row.started_at
    row.finished_at = seen.finished_at or row.finished_at
    row.exit_code, row.out_of_memory = seen.exit_code, seen.out_of_memory
    if seen.state is EngineState.EXITED and row.ended_at is None:
        row.ended_at = now
        row.end_reason = describe_end(seen, _last_words(driver, row) if seen.exit_code else "")
    if seen.state in (EngineState.RUNNING, EngineState.PAUSED) and row.ended_at is not None:
        # A start that was reported as failed had worked after all.
        row.ended_at, row.finished_at, row.end_reason = None, None, ""
    return before != [getattr(row, name) for name in _WRITTEN]


def _beats(row: Instance, now: datetime.datetime) -> bool:
    """Whether it is time to write that it lives; takes it into the row. A time to come is a clock that was set back."""
    alive = row.ended_at is None and row.engine_state in (EngineState.RUNNING, EngineState.PAUSED)
    if not alive or (row.seen_at is not None and now - HEARTBEAT < row.seen_at <= now):
        return False
    row.seen_at = now
    return True


def _miss(row: Instance, now: datetime.datetime) -> bool:
    """The engine has it no more; whether that changes the row."""
    if row.engine_state == EngineState.ABSENT.value:
        return False
    never_ran = row.started_at is None
    row.engine_state = EngineState.ABSENT.value
    if row.ended_at is None and not never_ran:
        row.ended_at = now
        row.end_reason = "it was removed from the engine by someone else"
    return True


def _newer_attempts(nodes: list[RunNode], created: list[Instance]) -> list[RunNode]:
    newer = []
    for node in nodes:
        highest = max((row.attempt for row in created if row.node == node.name), default=0)
        if highest > node.attempt:
            node.attempt = highest
            newer.append(node)
    return newer


def _last_words(driver: Driver, row: Instance) -> str:
    try:
        return hide_secrets(run_id=row.run_id, text=driver.logs(row.name, tail=LOG_LINES))
    except DriverUnavailable:
        return ""


def _attempt(row: Instance) -> Attempt:
    return Attempt(
        number=row.attempt,
        started_at=row.started_at,
        finished_at=row.finished_at,
        ended_at=row.ended_at,
        exit_code=row.exit_code,
        stop_cause=StopCause(row.stop_cause) if row.stop_cause else None,
        was_ready=row.ready_at is not None,
    )


def _jitter(name: str) -> float:
    """0 to 1, the same for the same name in every process."""
    return binascii.crc32(name.encode()) / 2**32
