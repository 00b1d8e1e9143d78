"""The verbs of runs: ask for one, ask it to stop, change a parameter, note what a node says. One transaction each."""

import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F

from components.contract.manifest import Manifest
from components.contract.node_states import NodeState
from components.contract.parameters import Apply
from factory.domain.accounts import audit
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Team
from factory.domain.catalogue.components import component
from factory.domain.graph.secret_rules import name_in, refuse_value
from factory.domain.pipelines.models import Node, Version
from factory.domain.runs.models import MOST_REASON_CHARACTERS, Artifact, Instance, Run, RunNode, StateChange
from factory.domain.runs.signals import show_on_commit, tell_on_commit
from factory.domain.runs.states import RunState, derive
from factory.domain.secrets.selectors import names_of
from factory.foundation.errors import UserError

RUN_CHANGED = "run.changed"
_ONE_MOVE = datetime.timedelta(minutes=1)
_CAN_TAKE_MEDIA = frozenset({NodeState.READY, NodeState.DEGRADED, NodeState.DRAINING})


class RunUnknown(UserError):
    """There is no such run, or no such node in it."""

    id: ClassVar[str] = "run:user:unknown"


class RunOver(UserError):
    """The run has ended, or is ending."""

    id: ClassVar[str] = "run:user:over"


class ParameterChangeRefused(UserError):
    """The values cannot be, or cannot be changed while the run lives; `problems` names each parameter and why."""

    id: ClassVar[str] = "run:user:parameter-refused"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{name}: {message}" for name, message in problems))
        self.problems = tuple(problems)


@transaction.atomic
def request_run(*, version: Version, now: datetime.datetime, deadline: datetime.datetime, host: str) -> Run:
    """Ask for a run of a numbered version on this host, until the deadline at the latest.

    Returns:
        The run, waiting, with a row for each node.
    """
    run = Run.objects.create(
        team_id=version.pipeline.team_id, version=version, host=host, requested_at=now, deadline=deadline
    )
    rows = Node.objects.filter(version=version)
    RunNode.objects.bulk_create(
        [RunNode(run=run, name=row.name, component=row.component, parameters=row.parameters) for row in rows]
    )
    StateChange.objects.create(run=run, old="", new=run.state, at=now)
    tell_on_commit(run_id=run.pk)
    return run


@transaction.atomic
def request_stop(*, run_id: str, now: datetime.datetime, reason: str = "", by: Membership | None = None) -> None:
    """Ask a run to end; one that is ending already is fine.

    Args:
        by: who asks for it, for the audit log; None where the house does.

    Raises:
        RunUnknown: there is none of this id.
    """
    asked = Run.objects.filter(pk=run_id, wanted=True).update(wanted=False, stop_reason=reason[:MOST_REASON_CHARACTERS])
    if not asked and not Run.objects.filter(pk=run_id).exists():
        raise RunUnknown(f"There is no run {run_id}; list them and choose one.")
    if asked and by is not None:
        run = Run.objects.select_related("version__pipeline").get(pk=run_id)
        details = {"run": run_id}
        audit.record_by(by=by, action="run.stopped", subject=run.version.pipeline.name, now=now, details=details)
    tell_on_commit(run_id=run_id)


@transaction.atomic
def change_parameters(
    *, run_id: str, node: str, parameters: dict[str, Any], now: datetime.datetime, by: Membership | None = None
) -> int:
    """Change some parameters of a node while it runs.

    Args:
        run_id: of a run that is not ending.
        node: its name.
        parameters: the new values alone; the others stay as they are in force, without what was refused last.
        now: the time of the change.
        by: who changes them, for the audit log; None where the house does.

    Returns:
        The revision to await as the node's `observed_revision`.

    Raises:
        RunUnknown: no such run or node.
        RunOver: nothing can be changed any more.
        ParameterChangeRefused: unknown, not allowed, or in need of a new run.
    """
    # Locked in one order by everyone: the run, then its nodes.
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    row = RunNode.objects.select_for_update().filter(run_id=run_id, name=node).first()
    if run is None or row is None:
        raise RunUnknown(f"There is no node {node} in a run {run_id}; look at the run and choose one of its nodes.")
    if not run.wanted or run.run_state.is_over or run.run_state is RunState.STOPPING:
        raise RunOver(f"Run {run_id} is {run.state}; start a new one to use other parameters.")
    manifest = component(row.component, run.team).manifest
    before, _ = row.in_force()
    merged = before | parameters
    problems = _problems_of(run.team, manifest, merged, changed=parameters)
    for name, value in parameters.items():
        declared = manifest.parameters.get(name)
        is_other = before.get(name, declared.default if declared is not None else None) != value
        if declared is not None and declared.apply is Apply.RESTART and is_other:
            problems.append((name, "it cannot change while it runs; change the pipeline and start a new run"))
    if problems:
        raise ParameterChangeRefused(problems)
    RunNode.objects.filter(pk=row.pk).update(parameters=merged, revision=F("revision") + 1)
    changed = sorted(name for name, value in parameters.items() if before.get(name) != value)
    if changed:
        _tell_changed(run=run, node=node, changed=changed, now=now, by=by)
    tell_on_commit(run_id=run_id)
    return row.revision + 1


def _tell_changed(*, run: Run, node: str, changed: list[str], now: datetime.datetime, by: Membership | None) -> None:
    """Into the audit log, by their names; a slider that is drawn is told of once a minute."""
    details = {"run": run.pk, "node": node, "parameters": changed}
    if by is None or audit.said_since(by=by, action=RUN_CHANGED, details=details, since=now - _ONE_MOVE):
        return
    audit.record_by(by=by, action=RUN_CHANGED, subject=run.version.pipeline.name, now=now, details=details)


def _problems_of(
    team: Team, manifest: Manifest, parameters: dict[str, Any], *, changed: dict[str, Any]
) -> list[tuple[str, str]]:
    """What is wrong with those that change; of secrets only the names are looked at, and told."""
    secrets = {name for name, declared in manifest.parameters.items() if declared.secret}
    found = manifest.check_parameters({name: value for name, value in parameters.items() if name not in secrets})
    problems = [(name, message) for name, message in found if name in changed and name not in secrets]
    named = [name for name in changed if name in secrets]
    known = names_of(team=team) if named else frozenset()
    for name in named:
        refusal, secret = refuse_value(manifest.parameters[name], changed[name]), name_in(changed[name])
        if refusal is not None:
            problems.append((name, str(refusal)))
        elif secret is not None and secret not in known:
            problems.append((name, f"the team has no secret {secret}; choose one that there is"))
    return problems


@transaction.atomic
def record_node_report(
    *,
    run_id: str,
    node: str,
    attempt: int,
    state: NodeState,
    reason: str,
    observed_revision: int,
    refused: dict[str, Any] | None,
    now: datetime.datetime,
) -> None:
    """Keep what an instance says of itself; for changes alone. One of an earlier attempt than the node's is old news.

    Args:
        refused: `{"revision", "reason"}` of the newest parameters that the component refused.
    """
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    row = RunNode.objects.select_for_update().filter(run_id=run_id, name=node).first()
    if run is None or row is None or attempt < row.attempt:
        return
    said, reason = NodeState(row.state), reason[:MOST_REASON_CHARACTERS]
    is_new = attempt > row.attempt or said is not state
    in_force = row.in_force()
    row.hear_of_parameters(observed_revision=observed_revision, refused=refused)
    if row.in_force() != in_force:
        # Whoever configures the next attempt must not do so with what was refused.
        tell_on_commit(run_id=run_id)
    RunNode.objects.filter(pk=row.pk).update(
        attempt=attempt,
        state=state,
        reason=reason,
        state_at=now if is_new else row.state_at,
        observed_revision=row.observed_revision,
        refused=row.refused,
        accepted=row.accepted,
        accepted_revision=row.accepted_revision,
    )
    if not is_new:
        return
    show_on_commit(run_id=run_id)
    StateChange.objects.create(run=run, node=node, old=said, new=state, reason=reason, at=now)
    if state in _CAN_TAKE_MEDIA:
        Instance.objects.filter(run=run, node=node, attempt=attempt, ready_at=None).update(ready_at=now)
    if state is NodeState.FAILED:
        tell_on_commit(run_id=run_id)
    _show_progress(run, now)


def record_artifact_opened(
    *, run_id: str, node: str, attempt: int, name: str, media_type: str, path: str, now: datetime.datetime
) -> None:
    """A node writes a file; said twice it is the same file."""
    Artifact.objects.get_or_create(
        run_id=run_id,
        node=node,
        attempt=attempt,
        name=name,
        defaults={"media_type": media_type, "path": path, "opened_at": now},
    )
    show_on_commit(run_id=run_id)


def record_artifact_closed(
    *,
    run_id: str,
    node: str,
    attempt: int,
    name: str,
    bytes: int,  # noqa: A002  # the unit is the name, as in the row
    complete: bool,
    now: datetime.datetime,
) -> None:
    """A file is stored; `complete` where the node closed it itself."""
    Artifact.objects.filter(run_id=run_id, node=node, attempt=attempt, name=name).update(
        bytes=bytes, complete=complete, closed_at=now
    )
    show_on_commit(run_id=run_id)


def ring(*, run_id: str) -> None:
    """Say: look at this run."""
    tell_on_commit(run_id=run_id)


def derive_from(*, run: Run, nodes: list[RunNode], instances: list[Instance]) -> tuple[RunState, str]:
    """The state that a run should show by its rows, and why."""
    current = {(instance.node, instance.attempt): instance for instance in instances}
    return derive(
        current=run.run_state,
        reason=run.reason,
        wanted=run.wanted,
        stop_reason=run.stop_reason,
        anything_alive=any(instance.is_alive for instance in instances),
        nodes=[node.view(current.get((node.name, node.attempt))) for node in nodes],
    )


def _show_progress(run: Run, now: datetime.datetime) -> None:
    """Show a run as its rows have it, but never the end: rows alone cannot tell what is left in the engine."""
    nodes = list(RunNode.objects.filter(run=run).order_by("pk"))
    state, reason = derive_from(run=run, nodes=nodes, instances=list(Instance.objects.filter(run=run)))
    if state in (RunState.STARTING, RunState.READY, RunState.DEGRADED):
        run.move_to(state, now=now, reason=reason)
