"""What a browser is shown of a pipeline and its newest run, from the rows and the agent's newest word. Pure."""

import dataclasses
import datetime
import math
from collections.abc import Mapping
from typing import Any

from factory.domain.runs.selectors import ArtifactSnapshot, NodeSnapshot, RunSnapshot
from factory.domain.runs.states import RunState
from factory.doors.live.merge_patch import Json

MOST_ARTIFACTS = 200
"""Of a run with more files the newest; the API lists them all."""
MOST_REASON_CHARACTERS = 1000
_FAILED, _EXITED = "failed", "exited"
_FROM_AGENT = ("state", "reason", "attempt", "observed_revision", "refused", "measures")


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a run costs in micro-units: what is settled, and what runs since when at which price an hour."""

    settled: int
    running: tuple[tuple[datetime.datetime, int], ...]
    currency: str


@dataclasses.dataclass(frozen=True)
class PipelineRows:
    """What the database knows: the draft, and the newest run where there was one, of which version, at which cost."""

    name: str
    revision: int
    saved_by: str
    run: RunSnapshot | None = None
    version: int = 0
    cost: Cost | None = None


def live_state(rows: PipelineRows, status: Mapping[str, Any] | None) -> Json:
    """The state that docs/live.md describes.

    Args:
        rows: as read just now, or a little before.
        status: the agent's newest `run.status` of this run; None where it is silent.

    Raises:
        LookupError, TypeError, ValueError, AttributeError: the status makes no sense.
    """
    state: Json = {
        "pipeline": {"name": rows.name, "revision": rows.revision, "saved_by": rows.saved_by},
        "run": None,
        "nodes": {},
        "wires": {},
        "artifacts": {},
    }
    run = rows.run
    if run is not None:
        is_over = run.state.is_over
        word = status if status is not None and not is_over and status["run"] == run.id else {"nodes": {}, "wires": {}}
        state["run"] = _run(run, rows.version, rows.cost)
        state["nodes"] = {node.name: _node(node, run, word["nodes"].get(node.name)) for node in run.nodes}
        state["wires"] = {str(name): _wire(shown) for name, shown in word["wires"].items()}
        state["artifacts"] = {str(file.id): _artifact(file) for file in run.artifacts[-MOST_ARTIFACTS:]}
    known: Json = _without_unknowns(state)
    return known


def thinned(state: Json) -> Json:
    """The same without what can be very large, which the API has too: parameters, measures and files."""
    nodes = {
        name: {key: value for key, value in node.items() if key != "parameters"} | {"measures": {}}
        for name, node in state["nodes"].items()
    }
    return state | {"nodes": nodes, "artifacts": {}}


def _run(run: RunSnapshot, version: int, cost: Cost | None) -> Json:
    return {
        "id": run.id,
        "state": str(run.state),
        "reason": run.reason[:MOST_REASON_CHARACTERS],
        "version": version,
        "wanted": run.wanted,
        "requested_at": _time(run.requested_at),
        "stopped_at": _time(run.stopped_at),
        "deadline": _time(run.deadline),
        "cost": _cost(cost) if cost is not None else None,
    }


def _cost(cost: Cost) -> Json:
    running = [{"since": _time(since), "per_hour": per_hour} for since, per_hour in cost.running]
    return {"settled": cost.settled, "running": running, "currency": cost.currency}


def _node(node: NodeSnapshot, run: RunSnapshot, word: Mapping[str, Any] | None) -> Json:
    """One node; the agent's word, where it has one of this attempt or a later, is fresher than the rows."""
    shown: Json = {
        "state": str(node.state),
        "reason": node.give_up_reason or node.reason,
        "attempt": node.attempt,
        "component": node.component,
        "revision": node.revision,
        "observed_revision": node.observed_revision,
        "refused": node.refused,
        "given_up": node.given_up or None,
        "engine_state": node.engine_state,
        "exit_code": node.exit_code,
        "started_at": _time(node.started_at),
        "ready_at": _time(node.ready_at),
        "measures": {},
        "parameters": node.parameters,
    }
    if word is not None and not node.given_up and int(word["attempt"]) >= node.attempt:
        shown |= {name: word[name] for name in _FROM_AGENT}
        if int(word["attempt"]) > node.attempt:
            # What the rows say of the engine is of an instance before this one.
            shown |= {"engine_state": "unknown", "exit_code": None, "started_at": None, "ready_at": None}
    if _has_crashed(node, run) and shown["attempt"] == node.attempt:
        shown["measures"] = {}
        if shown["state"] != _FAILED:
            # The engine saw its end; whoever merely lost the connection to it cannot know.
            shown |= {"state": _FAILED, "reason": node.give_up_reason or node.end_reason}
    shown["reason"] = str(shown["reason"])[:MOST_REASON_CHARACTERS]
    return shown


def _has_crashed(node: NodeSnapshot, run: RunSnapshot) -> bool:
    """Its current instance ended without success while its run goes on."""
    goes_on = run.wanted and not run.state.is_over and run.state is not RunState.STOPPING
    return goes_on and node.engine_state == _EXITED and node.exit_code != 0


def _wire(shown: Mapping[str, Any]) -> Json:
    return {**shown, "format": shown.get("format") or None}


def _artifact(file: ArtifactSnapshot) -> Json:
    return {
        "node": file.node,
        "attempt": file.attempt,
        "name": file.name,
        "media_type": file.media_type,
        "bytes": file.bytes,
        "complete": file.complete,
        "closed": file.closed,
    }


def _time(moment: datetime.datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _without_unknowns(value: Any) -> Any:
    """What is unknown is absent, never null; so a merge patch can say everything. JSON has no infinity."""
    if isinstance(value, Mapping):
        return {str(name): _without_unknowns(one) for name, one in value.items() if _is_known(one)}
    if isinstance(value, list | tuple):
        return [_without_unknowns(one) for one in value if _is_known(one)]
    return value


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))
