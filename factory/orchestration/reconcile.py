"""Looks at a run, decides, does and writes down, until nothing is left to do; one process a run at a time."""

import dataclasses
import datetime
import logging
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from factory.domain.catalogue.components import UnknownComponent
from factory.domain.runs import selectors, services
from factory.domain.runs.losing import end_lost_runs
from factory.domain.runs.models import Instance, Run, RunNode
from factory.domain.runs.states import RunState
from factory.drivers.driver import Driver, DriverUnavailable, Seen
from factory.foundation.errors import FactoryError
from factory.orchestration import engine
from factory.orchestration.attempts import History
from factory.orchestration.carry_out import MOST_AT_ONCE, Failure, carry_out, give_up, perform
from factory.orchestration.credit import keep_run_paid, settle_run
from factory.orchestration.desired_world import DesiredRun, desired_of
from factory.orchestration.lease import Lease, LeaseLost, acquire
from factory.orchestration.plan import Action, WantedNode, WantedRun, plan
from factory.orchestration.record import history_of, record_seen

MOST_PASSES = 3
MOST_ROUNDS = 3
MOST_ORPHANS = 1000

_ENDING = frozenset({RunState.STOPPING, RunState.STOPPED, RunState.FAILED})

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime.datetime]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one look at a run came to.

    Attributes:
        worked: False where another process has the run, or lost its turn to one.
        settled: the last look found nothing left to do.
        actions: everything done, in order.
        failures: those of them that did not work.
    """

    worked: bool
    settled: bool = False
    actions: tuple[Action, ...] = ()
    failures: tuple[Failure, ...] = ()


def reconcile(*, run_id: str, now: datetime.datetime) -> Outcome:
    """Make one run what it should be; doing so twice, or at the same time elsewhere, changes nothing.

    Raises:
        RunUnknown: there is none of this id.
        DriverUnavailable: the engine does not answer; the next sweep tries again.
    """
    clock = _clock_from(now)
    lease = acquire(run_id=run_id, now=now)
    if lease is None:
        return Outcome(worked=False)
    outcome = Outcome(worked=True)
    try:
        for _ in range(MOST_ROUNDS):
            outcome = _look(lease, engine.driver(), clock, outcome)
            if lease.release():
                return outcome
        lease.abandon()
        services.ring(run_id=run_id)
    except LeaseLost as error:
        logger.warning("%s", error)
        return dataclasses.replace(outcome, worked=False, settled=False)
    except BaseException:
        lease.abandon()
        raise
    return outcome


def sweep(*, now: datetime.datetime) -> list[str]:
    """Reconcile every run of this host that is not over or left something behind; finds what a lost bell missed, and
    ends runs of hosts that are lost.

    Returns:
        The runs looked at.

    Raises:
        DriverUnavailable: the engine does not answer; the next sweep tries again.
    """
    end_lost_runs(host=settings.FACTORY_HOST, now=now)
    driver = engine.driver()
    # The engine first: whatever it shows had its row before, and so no new run is taken for an orphan.
    observed = driver.list_owned()
    unfinished = selectors.unfinished_runs(host=settings.FACTORY_HOST)
    behind = sorted({seen.labels.run for seen in observed if seen.labels is not None} - set(unfinished))
    known = set(Run.objects.filter(pk__in=behind).values_list("pk", flat=True))
    looked_at = unfinished + [run_id for run_id in behind if run_id in known]
    for run_id in looked_at:
        try:
            reconcile(run_id=run_id, now=now)
        except FactoryError as error:
            logger.warning("run %s: %s", run_id, error)
        except Exception:
            # One run that cannot be worked on must not keep the others from it.
            logger.exception("run %s could not be reconciled", run_id)
    strangers = [seen for seen in observed if seen.labels is not None and seen.labels.run in set(behind) - known]
    _end_strangers(strangers[:MOST_ORPHANS], driver, now)
    driver.sweep(live_runs=frozenset(unfinished))
    return looked_at


def _look(lease: Lease, driver: Driver, clock: Clock, outcome: Outcome) -> Outcome:
    """Pass after pass until one finds nothing to do, or too much fails for another to help."""
    for _ in range(MOST_PASSES):
        actions, failures = _pass(lease, driver, clock)
        outcome = Outcome(
            worked=True,
            settled=not actions,
            actions=(*outcome.actions, *actions),
            failures=(*outcome.failures, *failures),
        )
        if not actions or any(isinstance(failure.error, DriverUnavailable) for failure in failures):
            break
    return outcome


def _pass(lease: Lease, driver: Driver, clock: Clock) -> tuple[list[Action], list[Failure]]:
    now = clock()
    run = Run.objects.select_related("version__pipeline__team").get(pk=lease.run_id)
    if run.wanted and now >= run.deadline:
        _end_by_deadline(run, lease, now)
    keep_run_paid(run, lease, now)
    nodes = list(RunNode.objects.filter(run=run).order_by("pk"))
    observed = _observe(run, driver, lease, now)
    instances = record_seen(
        run=run,
        nodes=nodes,
        instances=list(Instance.objects.filter(run=run)),
        observed=observed,
        driver=driver,
        lease=lease,
        now=now,
    )
    desired = _desired(run, nodes, lease, now)
    _settle(run, nodes, instances, lease, now)
    wanted = WantedRun(
        nodes={node.name: _wanted_node(node.name, desired) for node in nodes},
        wanted=desired.wanted and run.run_state not in _ENDING,
        deadline=run.deadline,
    )
    actions = plan(wanted, observed, history_of(nodes, instances), now)
    if actions:
        by_name = {node.name: node for node in nodes}
        return actions, carry_out(actions, desired=desired, nodes=by_name, driver=driver, lease=lease, clock=clock)
    if run.run_state.is_over and not observed:
        settle_run(run, lease, now)
        _clean_up(run.pk, driver)
    return actions, []


def _observe(run: Run, driver: Driver, lease: Lease, now: datetime.datetime) -> list[Seen]:
    try:
        return driver.list_owned(run.pk)
    except DriverUnavailable as error:
        if not run.run_state.is_over:
            with lease.writing(now=now):
                run.move_to(run.run_state, now=now, reason=str(error))
        raise


def _desired(run: Run, nodes: list[RunNode], lease: Lease, now: datetime.datetime) -> DesiredRun:
    """What the run should be; where a component of it is gone, its nodes are given up and nothing is wanted."""
    try:
        return desired_of(run, nodes)
    except UnknownComponent as error:
        lost = [node for node in nodes if not node.given_up]
        with lease.writing(now=now):
            for node in lost:
                give_up(node=node, reason=str(error))
        team = run.version.pipeline.team.slug
        return DesiredRun(run.pk, team, settings.FACTORY_INSTALL, False, run.run_state, run.deadline, {}, ())


def _settle(run: Run, nodes: list[RunNode], instances: list[Instance], lease: Lease, now: datetime.datetime) -> None:
    state, reason = services.derive_from(run=run, nodes=nodes, instances=instances)
    if (state, reason) != (run.run_state, run.reason):
        with lease.writing(now=now):
            run.move_to(state, now=now, reason=reason)


def _wanted_node(name: str, desired: DesiredRun) -> WantedNode:
    node = desired.nodes.get(name)
    return WantedNode(node.ready_seconds, node.stop_seconds) if node is not None else WantedNode()


def _end_by_deadline(run: Run, lease: Lease, now: datetime.datetime) -> None:
    run.wanted, run.stop_reason = False, "its time is over"
    with lease.writing(now=now):
        Run.objects.filter(pk=run.pk, wanted=True).update(wanted=False, stop_reason=run.stop_reason)


def _clean_up(run_id: str, driver: Driver) -> None:
    """What a run leaves on its host once its last instance is gone."""
    for directory in Path(settings.FACTORY_SOCKETS).glob(f"pf-{run_id}-*"):
        shutil.rmtree(directory, ignore_errors=True)
    driver.sweep(live_runs=frozenset(selectors.unfinished_runs()), over=frozenset({run_id}))


def _end_strangers(strangers: list[Seen], driver: Driver, now: datetime.datetime) -> None:
    """End instances of runs that no row knows: the database is an older one, and theirs are lost."""
    if not strangers:
        return
    unwanted = WantedRun(nodes={}, wanted=False, deadline=now)
    actions = plan(unwanted, strangers, History(recorded=frozenset(seen.name for seen in strangers)), now)
    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="driver") as pool:
        results = [(action, pool.submit(perform, action, None, driver, 0)) for action in actions]
    for action, result in results:
        if (error := result.exception()) is not None:
            logger.warning("nobody knows its run, and %s did not work: %s", action, error)


def _clock_from(now: datetime.datetime) -> Clock:
    """The time as given, going on from here."""
    begun = time.monotonic()
    return lambda: now + datetime.timedelta(seconds=time.monotonic() - begun)
