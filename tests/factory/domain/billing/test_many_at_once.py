"""Many hands on one wallet at once: nothing is charged twice, nobody waits for ever, and the books stay right."""

import concurrent.futures
import random
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from factory.domain.billing.charging import charge_usage
from factory.domain.billing.models import JournalEntry
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.reservations import OutOfCredit, release_run, renew_run, reserve_run
from factory.domain.billing.services import grant, set_cap
from factory.domain.billing.settling import renew_reservations, settle
from factory.domain.metering.models import InstanceUsage
from factory.domain.metering.services import record_usage
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from factory.foundation import clock
from tests.factory.metered import START, end, new_run, started

HANDS = 12
TURNS = 12


def at_once(hands: int, deed: Callable[[int], None]) -> None:
    """Everyone begins at the same moment; whatever one of them raises is raised."""
    together = threading.Barrier(hands)

    def act(number: int) -> None:
        together.wait(60)
        try:
            deed(number)
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(hands) as pool:
        for done in [pool.submit(act, number) for number in range(hands)]:
            done.result(timeout=120)


def charge_one_instance_many_times() -> None:
    instance = end(started(new_run()), milliseconds=3_600_000)

    def measure_and_charge(_number: int) -> None:
        record_usage(instance_id=instance.pk, now=START)
        for usage_id in InstanceUsage.objects.values_list("pk", flat=True):
            charge_usage(usage_id=usage_id, now=START)

    at_once(HANDS, measure_and_charge)

    assert InstanceUsage.objects.count() == JournalEntry.objects.filter(kind="usage").count() == 1
    assert (check_books(), waiting()) == ([], 0)


class Hands:
    """Whatever may happen to a team's money at the same time."""

    def __init__(self) -> None:
        first = new_run()
        again = [request_run(version=first.version, now=START, deadline=first.deadline, host="h") for _ in range(3)]
        self.runs = [first, *again]
        for run in self.runs:
            reserve_run(run=run, per_hour=100_000, now=clock.now())
            for attempt in range(1, TURNS + 1):
                end(started(run, attempt=attempt), milliseconds=random.randrange(10_000))

    def act(self, number: int) -> None:
        draw = random.Random(number)
        for turn in range(TURNS):
            deed = draw.choice([self._charge, self._renew, self._cap, self._grant, self._sweep])
            deed(draw.choice(self.runs), number * 1000 + turn)

    def _charge(self, run: Run, _number: int) -> None:
        for instance in run.instances.filter(metered=False)[:2]:
            usage = record_usage(instance_id=instance.pk, now=clock.now())
            if usage is not None:
                charge_usage(usage_id=usage.pk, now=clock.now())

    def _renew(self, run: Run, _number: int) -> None:
        Run.objects.filter(pk=run.pk).update(paid_until=clock.now())
        try:
            renew_run(run_id=run.pk, now=clock.now())
        except OutOfCredit:
            pass

    def _cap(self, run: Run, number: int) -> None:
        set_cap(team=run.team, micros=number * 1000 if number % 2 else None, by=None, now=clock.now())

    def _grant(self, run: Run, number: int) -> None:
        grant(team=run.team, micros=number + 1, by=None, note="", now=clock.now(), key=f"g{number}")

    def _sweep(self, run: Run, _number: int) -> None:
        settle(now=clock.now(), most=3)
        renew_reservations(now=clock.now())
        release_run(run_id=run.pk, now=clock.now())


def everything_at_once() -> None:
    hands = Hands()

    at_once(HANDS, hands.act)
    settle(now=clock.now())

    assert (check_books(), waiting()) == ([], 0)
    assert JournalEntry.objects.filter(kind="usage").count() == len(hands.runs) * TURNS


@pytest.mark.slow
def test_one_instance_is_charged_once_however_many_charge_it(transactional_db: None) -> None:
    charge_one_instance_many_times()


@pytest.mark.postgres
def test_one_instance_is_charged_once_however_many_charge_it_on_postgresql(transactional_db: None) -> None:
    charge_one_instance_many_times()


@pytest.mark.slow
def test_everything_at_once_leaves_the_books_right(transactional_db: None) -> None:
    everything_at_once()


@pytest.mark.postgres
def test_everything_at_once_leaves_the_books_right_on_postgresql(transactional_db: None) -> None:
    everything_at_once()
