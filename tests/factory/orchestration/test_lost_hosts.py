"""A run whose host is gone ends all the same, charged until it was last seen; only once if the host comes back."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.billing.models import JournalEntry, Reservation
from factory.domain.billing.proof import check_books
from factory.domain.billing.reservations import reserve_run
from factory.domain.billing.settling import settle
from factory.domain.metering.models import InstanceUsage
from factory.domain.runs.losing import LOST_AFTER
from factory.domain.runs.models import Instance, Run
from factory.domain.runs.states import RunState
from factory.orchestration.reconcile import reconcile, sweep
from tests.factory.orchestration.words import later, say_all_ready
from tests.fakes.fake_driver import FakeDriver

pytestmark = pytest.mark.django_db(transaction=True)

RequestRun = Callable[..., Run]
SECONDS = 60
LOST = SECONDS + LOST_AFTER.total_seconds() + 1


@pytest.fixture
def run(world: FakeDriver, request_hello: RequestRun, now: datetime.datetime) -> Run:
    """It was last seen alive 30 seconds after it began."""
    run = request_hello(seconds=SECONDS)
    reserve_run(run=run, per_hour=1_000_000, now=now)
    reconcile(run_id=run.pk, now=now)
    say_all_ready(run, now)
    reconcile(run_id=run.pk, now=later(now, 30))
    return run


@pytest.fixture
def elsewhere(run: Run, settings: Settings, tmp_path: Path) -> None:
    """We are on another host, with an engine of its own."""
    settings.FACTORY_HOST = "elsewhere"
    settings.FACTORY_STATE = tmp_path / "elsewhere"


def test_it_ends_as_failed_and_is_charged_until_it_was_last_seen(
    run: Run, elsewhere: None, now: datetime.datetime
) -> None:
    last_seen = set(Instance.objects.values_list("seen_at", flat=True))

    sweep(now=later(now, LOST))
    settle(now=later(now, LOST))

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "its host was not heard of any more" in run.reason
    usages = list(InstanceUsage.objects.all())
    assert {usage.end_source for usage in usages} == {"last_seen"}
    assert {usage.ended_at for usage in usages} == last_seen
    assert all(29_000 < usage.milliseconds < 31_000 for usage in usages)
    assert JournalEntry.objects.filter(kind="usage").count() == len(usages) == 3
    assert Reservation.objects.get().released_at is not None
    assert check_books() == []


@pytest.mark.parametrize("sign", ["deadline", "seen", "lease"])
def test_while_there_is_any_sign_of_its_host_it_is_left_alone(
    run: Run, elsewhere: None, now: datetime.datetime, sign: str
) -> None:
    at = later(now, LOST)
    if sign == "deadline":
        Run.objects.update(deadline=at)
    elif sign == "seen":
        Instance.objects.filter(node="camera").update(seen_at=at - datetime.timedelta(minutes=1))
    else:
        Run.objects.update(lease_owner="there", lease_until=at)

    sweep(now=at)

    run.refresh_from_db()
    assert run.state == RunState.READY


def test_its_own_host_never_takes_it_for_lost(run: Run, world: FakeDriver, now: datetime.datetime) -> None:
    sweep(now=later(now, LOST))

    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STOPPED, "its time is over")
    assert {usage.end_source for usage in InstanceUsage.objects.all()} == {"engine"}


def test_a_host_that_comes_back_ends_what_is_left_and_nothing_is_charged_again(
    run: Run, world: FakeDriver, elsewhere: None, settings: Settings, now: datetime.datetime, tmp_path: Path
) -> None:
    sweep(now=later(now, LOST))
    settle(now=later(now, LOST))
    before = list(InstanceUsage.objects.order_by("pk").values())
    settings.FACTORY_HOST, settings.FACTORY_STATE = run.host, tmp_path
    assert len(world.list_owned(run.pk)) == 3

    for minute in (1, 2):
        sweep(now=later(now, LOST + 60 * minute))
        settle(now=later(now, LOST + 60 * minute))

    assert world.list_owned(run.pk) == []
    assert list(InstanceUsage.objects.order_by("pk").values()) == before
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert check_books() == []
