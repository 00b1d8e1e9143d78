"""64 launches at once against credit for 5: exactly 5 start."""

import collections
import concurrent.futures
import threading
import time

import pytest
from django.db import connection, transaction

from factory.domain.accounts.models import Team
from factory.domain.billing.models import Reservation, Wallet
from factory.domain.billing.money import amount_to_set_aside
from factory.domain.billing.proof import check_books
from factory.domain.billing.reservations import OutOfCredit, reserve_run
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import grant, open_wallet, set_cap, set_enforced
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import copy_pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.foundation import clock
from factory.orchestration.admission import LONGEST_RUN, RunUnaffordable, start_pipeline, start_run
from factory.orchestration.credit import rate_of_version
from tests.factory.hello import hello_version

LAUNCHES = 64
PAID = 5


def leave(team: Team, micros: int) -> None:
    balance = open_wallet(team=team, now=clock.now()).balance
    grant(team=team, micros=micros - balance, by=None, note="", now=clock.now(), key="leave")


def first_minute(pipeline: Pipeline) -> int:
    version = pipeline.versions.get(number=1)
    return amount_to_set_aside(60_000, rate_of_version(version=version, now=clock.now()))


def launch_all(pipelines: list[Pipeline]) -> collections.Counter[str]:
    together = threading.Barrier(len(pipelines))

    def press(pipeline: Pipeline) -> str:
        together.wait(60)
        try:
            start_pipeline(pipeline=pipeline, now=clock.now(), host="studio")
        except RunUnaffordable:
            return "refused"
        finally:
            connection.close()
        return "started"

    with concurrent.futures.ThreadPoolExecutor(len(pipelines)) as pool:
        return collections.Counter(pool.map(press, pipelines))


def reserve_all(runs: list[Run], per_hour: int) -> collections.Counter[str]:
    """Without the queue at the team's row, where admission lets its launches wait for each other."""
    together = threading.Barrier(len(runs))

    def reserve(run: Run) -> str:
        together.wait(60)
        try:
            reserve_run(run=run, per_hour=per_hour, now=clock.now())
        except OutOfCredit:
            return "refused"
        finally:
            connection.close()
        return "started"

    with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
        return collections.Counter(pool.map(reserve, runs))


def race_through_admission(*, by_cap: bool) -> None:
    first = hello_version(clock.now()).pipeline
    pipelines = [first, *(copy_pipeline(pipeline=first, now=clock.now()) for _ in range(LAUNCHES - 1))]
    enough = PAID * first_minute(first) + first_minute(first) - 1
    if by_cap:
        set_cap(team=first.team, micros=enough, by=None, now=clock.now())
    else:
        leave(first.team, enough)

    assert launch_all(pipelines) == {"started": PAID, "refused": LAUNCHES - PAID}

    assert Run.objects.count() == Reservation.objects.count() == PAID
    assert standing_of(first.team, clock.now()).reserved == PAID * first_minute(first)
    assert check_books() == []


def race_for_the_wallet() -> None:
    version, now = hello_version(clock.now()), clock.now()
    runs = [request_run(version=version, now=now, deadline=now + LONGEST_RUN, host="studio") for _ in range(LAUNCHES)]
    leave(version.pipeline.team, PAID * 1000)

    assert reserve_all(runs, per_hour=60_000) == {"started": PAID, "refused": LAUNCHES - PAID}

    wallet = Wallet.objects.get()
    assert (wallet.reserved, wallet.balance) == (PAID * 1000, PAID * 1000)


def start_while_a_cap_is_set() -> None:
    """The cap is asked for when the run is written and not kept yet; on SQLite, which has one writer, just after."""
    version, began = hello_version(clock.now()), threading.Event()

    def cap() -> None:
        began.wait(60)
        set_cap(team=version.pipeline.team, micros=10_000_000, by=None, now=clock.now())
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(cap)
        with transaction.atomic():
            open_wallet(team=version.pipeline.team, now=clock.now())
            set_enforced(team=version.pipeline.team, enforced=False, by=None, now=clock.now())
        with transaction.atomic():
            now = clock.now()
            start_run(version=version, now=now, deadline=now + LONGEST_RUN, host="studio")
            began.set()
            ends = time.monotonic() + 60
            while connection.vendor == "postgresql" and not somebody_waits() and time.monotonic() < ends:
                time.sleep(0.01)
        done.result(timeout=60)

    assert Run.objects.get().paid_until is not None


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.slow
def test_a_cap_holds_for_a_run_that_starts_at_the_same_moment(transactional_db: None) -> None:
    start_while_a_cap_is_set()


@pytest.mark.postgres
def test_a_cap_holds_for_a_run_that_starts_at_the_same_moment_on_postgresql(transactional_db: None) -> None:
    start_while_a_cap_is_set()


@pytest.mark.slow
@pytest.mark.parametrize("by_cap", [False, True])
def test_64_launches_against_credit_for_5_start_exactly_5(transactional_db: None, by_cap: bool) -> None:
    race_through_admission(by_cap=by_cap)


@pytest.mark.postgres
@pytest.mark.parametrize("by_cap", [False, True])
def test_64_launches_against_credit_for_5_start_exactly_5_on_postgresql(transactional_db: None, by_cap: bool) -> None:
    race_through_admission(by_cap=by_cap)


@pytest.mark.slow
def test_64_who_reach_for_the_wallet_at_once_get_what_is_in_it(transactional_db: None) -> None:
    race_for_the_wallet()


@pytest.mark.postgres
def test_64_who_reach_for_the_wallet_at_once_get_what_is_in_it_on_postgresql(transactional_db: None) -> None:
    race_for_the_wallet()
