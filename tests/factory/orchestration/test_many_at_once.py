"""Many workers, one run, one real database between them."""

import datetime
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from factory.domain.runs.models import Instance, Run
from factory.domain.runs.services import request_stop
from factory.domain.runs.states import RunState
from factory.orchestration.lease import LEASE, acquire
from factory.orchestration.reconcile import Outcome, reconcile
from tests.factory.hello import NODES
from tests.fakes.fake_driver import Act, FakeDriver

pytestmark = pytest.mark.django_db(transaction=True)

RequestRun = Callable[..., Run]
WORKERS = 64


def all_at_once(work: Callable[[], object]) -> None:
    """Call it from as many threads as there are workers, each with a connection of its own, none before all are up."""
    gate = threading.Barrier(WORKERS)

    def one() -> None:
        gate.wait()
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(one) for _ in range(WORKERS)]:
            future.result()


def test_64_reconciles_of_one_run_start_each_node_once(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("*", Act(slow_start=0.05))
    run = request_hello()

    all_at_once(lambda: reconcile(run_id=run.pk, now=now))

    assert sorted(world.starts) == [f"pf-{run.pk}-{node}-1" for node in NODES]
    assert Instance.objects.filter(run=run).count() == 3
    run.refresh_from_db()
    assert (run.state, run.lease_owner) == (RunState.STARTING, "")
    assert run.changes.filter(node="").count() == 2


def test_64_reconciles_that_race_with_a_stop_leave_nothing_behind(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("*", Act(slow_start=0.05))
    run = request_hello()
    turn = threading.Lock()

    def look_or_stop() -> None:
        if turn.acquire(blocking=False):
            request_stop(run_id=run.pk, now=now)
        reconcile(run_id=run.pk, now=now)

    all_at_once(look_or_stop)
    reconcile(run_id=run.pk, now=now)

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert world.list_owned() == []
    assert len(world.starts) == len(set(world.starts))


def test_a_worker_that_lost_its_turn_in_the_middle_writes_nothing_more(
    world: FakeDriver, request_hello: RequestRun, now: datetime.datetime
) -> None:
    world.act("*", Act(slow_start=0.5))
    run = request_hello()

    def work() -> Outcome:
        try:
            return reconcile(run_id=run.pk, now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        wait_for_rows(run)
        successor = acquire(run_id=run.pk, now=now + 2 * LEASE)
        outcome = working.result()

    assert successor is not None
    assert not outcome.worked
    assert {row.engine_state for row in Instance.objects.filter(run=run)} == {"absent"}
    run.refresh_from_db()
    assert (run.epoch, run.lease_owner != "") == (successor.epoch, True)
    successor.abandon()
    assert reconcile(run_id=run.pk, now=now).settled
    assert len(world.starts) == 3


def wait_for_rows(run: Run) -> None:
    for _ in range(1000):
        if Instance.objects.filter(run=run).count() == 3:
            return
        time.sleep(0.01)
    raise AssertionError("nobody began to work")
