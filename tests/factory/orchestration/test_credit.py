"""A run is paid for before it starts and while it goes on; without credit it ends, and the bound is kept."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from components.contract.node_states import NodeState
from factory.domain.accounts.services import ensure_home
from factory.domain.billing.models import Reservation, Wallet
from factory.domain.billing.money import amount_to_set_aside
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.selectors import run_cost, standing_of
from factory.domain.billing.services import grant, open_wallet, set_cap, set_enforced
from factory.domain.billing.settling import settle
from factory.domain.metering.models import InstanceUsage
from factory.domain.pipelines.models import Version
from factory.domain.runs.models import Instance, Run, RunNode
from factory.domain.runs.services import record_node_report
from factory.domain.runs.states import RunState
from factory.orchestration import engine
from factory.orchestration.admission import LONGEST_RUN, RunRefused, RunUnaffordable, start_run
from factory.orchestration.credit import rate_of_version
from factory.orchestration.reconcile import reconcile
from tests.factory.hello import hello_version
from tests.fakes.fake_driver import Act, FakeDriver

START = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
STOP_SECONDS = 5 + 5 + 15
"""What the nodes of the hello pipeline may take to end, one after the other as this clock has it."""


@dataclasses.dataclass
class Time:
    """A clock that goes on only when it is told to."""

    now: datetime.datetime = START

    def __call__(self) -> datetime.datetime:
        return self.now

    def pass_by(self, seconds: float) -> datetime.datetime:
        self.now += datetime.timedelta(seconds=seconds)
        return self.now


class TimedDriver(FakeDriver):
    """What takes time lets the clock go on."""

    def __init__(self, time: Time) -> None:
        super().__init__("test", clock=time)
        self._time = time

    def _take_time(self, seconds: float, hang: float) -> None:
        self._time.pass_by(seconds)


@pytest.fixture
def time(settings: Settings, tmp_path: Path) -> Time:
    settings.FACTORY_INSTALL, settings.FACTORY_STATE = "test", tmp_path
    settings.FACTORY_SOCKETS = tmp_path / "sockets"
    return Time()


@pytest.fixture
def world(time: Time, monkeypatch: pytest.MonkeyPatch) -> FakeDriver:
    driver = TimedDriver(time)
    monkeypatch.setattr(engine, "driver", lambda: driver)
    return driver


@pytest.fixture
def version(transactional_db: None) -> Version:
    return hello_version(START)


def start(version: Version, settings: Settings) -> Run:
    return start_run(version=version, now=START, deadline=START + LONGEST_RUN, host=settings.FACTORY_HOST)


def leave_minutes(version: Version, minutes: float) -> int:
    """Leave the team credit for so many minutes of the run; returns the price of one second, rounded up."""
    rate = rate_of_version(version=version, now=START)
    team = version.pipeline.team
    left = amount_to_set_aside(round(minutes * 60_000), rate)
    balance = open_wallet(team=team, now=START).balance
    grant(team=team, micros=left - balance, by=None, note="", now=START, key="leave")
    return amount_to_set_aside(1000, rate)


def say_ready(run: Run, time: Time) -> None:
    """As every node does that can take media."""
    for node in RunNode.objects.filter(run=run, state=NodeState.STARTING, attempt__gt=0):
        record_node_report(
            run_id=run.pk,
            node=node.name,
            attempt=node.attempt,
            state=NodeState.READY,
            reason="",
            observed_revision=1,
            refused=None,
            now=time.now,
        )


def run_out(run: Run, time: Time, *, every: float, most_seconds: float = 2000) -> None:
    """Look at a run again and again until it is over, and then sweep."""
    began = time.now
    while not Run.objects.get(pk=run.pk).run_state.is_over:
        assert (time.now - began).total_seconds() < most_seconds, "it never ended"
        reconcile(run_id=run.pk, now=time.now)
        say_ready(run, time)
        time.pass_by(every)
    reconcile(run_id=run.pk, now=time.now)
    settle(now=time.now)


def test_a_run_that_nobody_can_pay_leaves_nothing_behind(version: Version, settings: Settings) -> None:
    leave_minutes(version, 0.9)

    with pytest.raises(RunUnaffordable, match=r"the run was not started\..* Ask the operator for credit") as refused:
        start(version, settings)

    assert isinstance(refused.value, RunRefused)
    assert refused.value.id == "billing:user:out-of-credit"
    assert not Run.objects.exists()
    assert not Reservation.objects.exists()
    assert standing_of(version.pipeline.team, START).reserved == 0


def test_the_operators_own_team_runs_without_credit(
    world: FakeDriver, time: Time, version: Version, settings: Settings
) -> None:
    version.pipeline.team = ensure_home()
    version.pipeline.save()
    run = start(version, settings)

    for _ in range(5):
        reconcile(run_id=run.pk, now=time.pass_by(100))

    assert Run.objects.get(pk=run.pk).wanted
    assert run.paid_until is None


@pytest.mark.parametrize("every", [2, 5, 14])
def test_a_run_ends_before_its_credit_does_where_somebody_looks_in_time(
    world: FakeDriver, time: Time, version: Version, settings: Settings, every: float
) -> None:
    leave_minutes(version, 5)
    run = start(version, settings)

    run_out(run, time, every=every)

    run.refresh_from_db()
    assert run.run_state is RunState.STOPPED
    assert run.reason.startswith("The team's credit leaves too little: the run was ended. Its next 60 s take")
    wallet = Wallet.objects.get(team=run.team)
    assert wallet.balance >= 0
    assert wallet.reserved == 0
    assert InstanceUsage.objects.filter(milliseconds__gt=230_000).count() == 3, "it had most of what it paid for"
    assert (check_books(), waiting()) == ([], 0)


@pytest.mark.parametrize("every", [2, 45, 60, 75])
def test_a_run_spends_at_most_one_quantum_and_its_stopping_more_than_there_is(
    world: FakeDriver, time: Time, version: Version, settings: Settings, every: float
) -> None:
    world.act("*", Act(ignores_sigterm=True))
    second = leave_minutes(version, 5)
    run = start(version, settings)

    run_out(run, time, every=every)

    assert Wallet.objects.get(team=run.team).balance >= -second * (60 + STOP_SECONDS)
    assert check_books() == []


def test_a_cap_that_is_lowered_ends_what_runs(
    world: FakeDriver, time: Time, version: Version, settings: Settings
) -> None:
    run = start(version, settings)
    reconcile(run_id=run.pk, now=time.pass_by(1))
    set_cap(team=run.team, micros=1, by=None, now=time.now)

    run_out(run, time, every=2)

    assert "Raise the cap on the billing page" in Run.objects.get(pk=run.pk).reason
    assert run_cost(run.pk, time.now).settled == 5_000_000 - Wallet.objects.get(team=run.team).balance


def test_a_team_that_is_limited_while_it_runs_pays_from_then_on(
    world: FakeDriver, time: Time, version: Version, settings: Settings
) -> None:
    set_enforced(team=version.pipeline.team, enforced=False, by=None, now=START)
    run = start(version, settings)
    reconcile(run_id=run.pk, now=time.pass_by(1))

    leave_minutes(version, 3)
    set_enforced(team=run.team, enforced=True, by=None, now=time.now)
    run_out(run, time, every=2)

    assert Wallet.objects.get(team=run.team).balance >= 0


def test_what_it_was_given_is_written_before_an_instance_starts(
    world: FakeDriver, time: Time, version: Version, settings: Settings
) -> None:
    run = start(version, settings)
    reconcile(run_id=run.pk, now=time.pass_by(1))

    sizes: dict[str, Any] = dict(Instance.objects.values_list("node", "memory_mib"))
    assert all(sizes.values())
    assert set(Instance.objects.values_list("cpu_millis", flat=True)) == {1000}


def test_an_instance_that_the_engine_loses_counts_to_its_last_heartbeat(
    world: FakeDriver, time: Time, version: Version, settings: Settings
) -> None:
    run = start(version, settings)
    for _ in range(12):
        reconcile(run_id=run.pk, now=time.pass_by(2))
    lost = f"pf-{run.pk}-caption-1"
    with world._open() as everything:
        del everything["instances"][lost]

    reconcile(run_id=run.pk, now=time.pass_by(2))

    usage = InstanceUsage.objects.get(instance__name=lost)
    real = (time.now - usage.started_at).total_seconds() * 1000
    assert usage.end_source == "last_seen"
    assert real - 12_000 <= usage.milliseconds <= real
    assert check_books() == []
