"""The agent ends what is not paid for, when nobody else does; and nothing of those who need not pay."""

import dataclasses
import datetime
from pathlib import Path

import pytest

from factory.doors.nodes.deadlines import GRACE_SECONDS, LOOK_SECONDS, Deadlines
from factory.doors.nodes.paid_time import SLACK_SECONDS, PaidTime
from factory.drivers.driver import EngineState, InstanceSpec, Labels, Limits
from factory.orchestration.desired_world import DesiredRun
from tests.factory.doors.nodes.worlds import small_run
from tests.fakes.fake_driver import Act, FakeDriver

PAID = 1000.0
STOP_SECONDS = 10
OUTAGE = 45.0


@dataclasses.dataclass
class Seconds:
    """A clock that goes on only when it is told to."""

    now: float = PAID - 30

    def __call__(self) -> float:
        return self.now

    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.now, datetime.UTC)


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def paid(clock: Seconds) -> PaidTime:
    return PaidTime(outage_seconds=OUTAGE, clock=clock)


def run_paid_until(second: float | None) -> DesiredRun:
    until = datetime.datetime.fromtimestamp(second, datetime.UTC) if second is not None else None
    return dataclasses.replace(small_run(), paid_until=until)


def test_a_run_that_is_renewed_in_time_never_ends(paid: PaidTime, clock: Seconds) -> None:
    for _ in range(20):
        paid.follow(run_paid_until(clock.now + 30))
        assert paid.ends()["run"] > clock.now
        clock.now += 30


def test_one_that_was_read_and_was_not_renewed_ends_after_its_own_time_to_stop(paid: PaidTime, clock: Seconds) -> None:
    clock.now = PAID + SLACK_SECONDS
    paid.follow(run_paid_until(PAID))

    assert paid.ends() == {"run": PAID + STOP_SECONDS + SLACK_SECONDS}


def test_a_reading_that_a_renewal_overtook_ends_nothing(paid: PaidTime, clock: Seconds) -> None:
    clock.now = PAID + SLACK_SECONDS - 0.1
    paid.follow(run_paid_until(PAID))

    assert paid.ends() == {"run": PAID + STOP_SECONDS + OUTAGE}


def test_what_nobody_need_pay_and_what_is_over_never_ends(paid: PaidTime) -> None:
    paid.follow(run_paid_until(PAID))
    paid.follow(run_paid_until(None))
    assert paid.ends() == {}

    paid.follow(run_paid_until(PAID))
    paid.forget("run")
    assert paid.ends() == {}


@pytest.mark.parametrize("answers", [True, False])
def test_a_run_overstays_its_paid_time_by_less_than_a_quantum_and_its_stopping(
    paid: PaidTime, clock: Seconds, tmp_path: Path, answers: bool
) -> None:
    """Nobody reconciles; the database answers the agent, or does not."""
    driver = FakeDriver("test", clock=clock.moment, acts={"*": Act()})
    labels = Labels("test", "alice", "run", "camera", 1, 1, deadline=2**31)
    limits = Limits(memory_bytes=2**28, cpus=1, pids=16)
    driver.start(InstanceSpec("pf-run-camera-1", "", tmp_path, labels, limits, tmp_path))
    deadlines = Deadlines(driver, paid=paid, clock=clock)
    paid.follow(run_paid_until(PAID))

    while driver.inspect("pf-run-camera-1").state is EngineState.RUNNING:
        assert clock.now < PAID + 1000, "it was never ended"
        if answers:
            paid.follow(run_paid_until(PAID))
        for thread in deadlines.look():
            thread.join()
        clock.now += LOOK_SECONDS

    overstayed = clock.now - PAID + GRACE_SECONDS
    assert overstayed <= (SLACK_SECONDS if answers else OUTAGE) + STOP_SECONDS + 2 * LOOK_SECONDS + GRACE_SECONDS
    assert overstayed < 60 + STOP_SECONDS
