"""Does what was planned: writes the intention down, calls the driver from several threads, keeps every failure."""

import dataclasses
import datetime
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from factory.domain.runs.models import MOST_REASON_CHARACTERS, Instance, RunNode
from factory.drivers.driver import Driver, InstanceSpec, Labels, StartFailed, StartRefused
from factory.orchestration.desired_world import DesiredNode, DesiredRun, socket_directory
from factory.orchestration.kept_logs import keep_log
from factory.orchestration.lease import Lease
from factory.orchestration.plan import Action, Discard, GiveUp, Replace, Start, Stop
from factory.orchestration.record import begin_attempt, instance_name
from factory.orchestration.secret_values import NO_SECRETS, RunSecrets, open_for

MOST_AT_ONCE = 8
_RENEW = datetime.timedelta(seconds=4)

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Failure:
    """An action that did not do what it should; `error` says why, the next look tries again or gives up."""

    action: Action
    error: Exception


def carry_out(
    actions: Sequence[Action],
    *,
    desired: DesiredRun,
    nodes: Mapping[str, RunNode],
    driver: Driver,
    lease: Lease,
    clock: Callable[[], datetime.datetime],
) -> list[Failure]:
    """Do all of it, up to eight at once; returns once each has ended one way or the other.

    Raises:
        LeaseLost: someone took over; what was begun by then has ended too.
    """
    write_intentions(actions, desired=desired, nodes=nodes, lease=lease, now=clock())
    calls = [action for action in actions if not isinstance(action, GiveUp)]
    failures: list[Failure] = []
    secrets = open_for(desired) if any(isinstance(action, Discard) for action in calls) else NO_SECRETS
    with ThreadPoolExecutor(max_workers=max(1, min(len(calls), MOST_AT_ONCE)), thread_name_prefix="driver") as pool:
        pending = {pool.submit(perform, action, desired, driver, lease.epoch, secrets): action for action in calls}
        renewed_at = clock()
        while pending:
            done, _ = wait(pending, timeout=_RENEW.total_seconds(), return_when=FIRST_COMPLETED)
            failures += [Failure(pending[future], error) for future in done if (error := _error_of(future)) is not None]
            pending = {future: action for future, action in pending.items() if future not in done}
            if pending and clock() - renewed_at >= _RENEW:
                renewed_at = clock()
                lease.renew(now=renewed_at)
    _write_failures(failures, nodes=nodes, lease=lease, now=clock())
    return failures


def perform(
    action: Action, desired: DesiredRun | None, driver: Driver, epoch: int, secrets: RunSecrets = NO_SECRETS
) -> None:
    """One action, through the driver; touches no row. A run that nobody knows has nothing to start.

    Raises:
        DriverUnavailable, StartRefused, StartFailed: as the driver says.
    """
    match action:
        case Start() if desired is not None:
            start_instance(desired, desired.nodes[action.node], action.attempt, driver=driver, epoch=epoch)
        case Stop():
            driver.stop(action.name, grace_seconds=action.grace_seconds)
        case Replace():
            for stop in action.stops:
                perform(stop, desired, driver, epoch)
            perform(action.start, desired, driver, epoch)
        case Discard():
            if desired is not None:
                keep_log(driver, action.name, hide=secrets.hide)
            driver.discard(action.name)


def start_instance(run: DesiredRun, node: DesiredNode, attempt: int, *, driver: Driver, epoch: int) -> None:
    """Make the socket's directory and start one instance."""
    name = instance_name(run.id, node.name, attempt)
    directory = socket_directory(name)
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    labels = Labels(
        install=run.install,
        team=run.team,
        run=run.id,
        node=node.name,
        attempt=attempt,
        epoch=epoch,
        deadline=math.ceil(run.deadline.timestamp()),
    )
    driver.start(
        InstanceSpec(
            name=name,
            image=node.image,
            digest=node.digest,
            folder=node.folder,
            labels=labels,
            limits=node.limits,
            socket_directory=directory,
            network=node.network,
        )
    )


def write_intentions(
    actions: Sequence[Action],
    *,
    desired: DesiredRun,
    nodes: Mapping[str, RunNode],
    lease: Lease,
    now: datetime.datetime,
) -> None:
    """Before anything is touched: which attempts are to be, which were asked to end, and who is given up."""
    with lease.writing(now=now):
        for action in actions:
            stops = action.stops if isinstance(action, Replace) else (action,) if isinstance(action, Stop) else ()
            for stop in stops:
                # The first cause counts: who was stopped for being late did not become a duplicate by that.
                Instance.objects.filter(name=stop.name, stop_cause="", ended_at=None).update(stop_cause=stop.cause)
            start = action.start if isinstance(action, Replace) else action
            if isinstance(start, Start):
                limits = desired.nodes[start.node].limits
                begin_attempt(node=nodes[start.node], attempt=start.attempt, epoch=lease.epoch, limits=limits, now=now)
            if isinstance(action, GiveUp):
                give_up(node=nodes[action.node], reason=action.reason)


def _write_failures(
    failures: list[Failure], *, nodes: Mapping[str, RunNode], lease: Lease, now: datetime.datetime
) -> None:
    for failure in failures:
        logger.warning("run %s: %s did not work: %s", lease.run_id, failure.action, failure.error)
    starts = [(start, failure.error) for failure in failures if (start := _start_of(failure.action)) is not None]
    if not starts:
        return
    with lease.writing(now=now):
        for start, error in starts:
            name = instance_name(lease.run_id, start.node, start.attempt)
            if isinstance(error, StartRefused | StartFailed):
                Instance.objects.filter(name=name, ended_at=None).update(
                    ended_at=now, end_reason=str(error)[:MOST_REASON_CHARACTERS]
                )
            if isinstance(error, StartRefused):
                give_up(node=nodes[start.node], reason=str(error))


def give_up(*, node: RunNode, reason: str) -> None:
    """Try this node no more; the first reason counts."""
    RunNode.objects.filter(pk=node.pk, given_up=False).update(
        given_up=True, give_up_reason=reason[:MOST_REASON_CHARACTERS]
    )


def _start_of(action: Action) -> Start | None:
    return action if isinstance(action, Start) else action.start if isinstance(action, Replace) else None


def _error_of(future: Future[None]) -> Exception | None:
    error = future.exception()
    if error is None or isinstance(error, Exception):
        return error
    raise error
