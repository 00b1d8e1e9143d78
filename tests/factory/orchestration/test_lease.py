import datetime
import subprocess
import sys
from collections.abc import Callable

import pytest

from factory.domain.runs.models import Run
from factory.domain.runs.services import RunUnknown
from factory.orchestration.lease import LEASE, LeaseLost, acquire

pytestmark = pytest.mark.django_db(transaction=True)

RequestRun = Callable[..., Run]


def test_one_at_a_time_holds_a_run(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()

    first = acquire(run_id=run.pk, now=now)

    assert first is not None
    assert acquire(run_id=run.pk, now=now) is None
    assert first.release() is False
    assert first.release() is True
    again = acquire(run_id=run.pk, now=now)
    assert again is not None
    assert again.epoch == first.epoch + 1


def test_who_comes_too_late_makes_the_holder_look_again(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    lease = acquire(run_id=run.pk, now=now)
    acquire(run_id=run.pk, now=now)
    assert lease is not None

    assert lease.release() is False

    run.refresh_from_db()
    assert run.lease_owner != ""
    assert lease.release() is True


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_writes_nothing_more(
    request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    stale = acquire(run_id=run.pk, now=now)
    fresh = acquire(run_id=run.pk, now=now + LEASE)
    assert stale is not None
    assert fresh is not None

    with pytest.raises(LeaseLost), stale.writing(now=now):
        Run.objects.filter(pk=run.pk).update(reason="written by one who lost its turn")

    with fresh.writing(now=now):
        Run.objects.filter(pk=run.pk).update(reason="written by the holder")
    run.refresh_from_db()
    assert run.reason == "written by the holder"
    assert stale.release() is True
    assert acquire(run_id=run.pk, now=now) is None


def test_a_lease_that_is_renewed_lasts(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    lease = acquire(run_id=run.pk, now=now)
    assert lease is not None

    lease.renew(now=now + LEASE / 2)

    assert acquire(run_id=run.pk, now=now + LEASE) is None
    assert acquire(run_id=run.pk, now=now + LEASE * 1.5) is not None


def test_the_lease_of_a_process_that_is_no_more_is_taken_over_at_once(
    request_hello: RequestRun, now: datetime.datetime
) -> None:
    run = request_hello()
    acquire(run_id=run.pk, now=now)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    Run.objects.filter(pk=run.pk).update(lease_owner=f"{run.host}:{gone.pid}:0123456789abcdef")

    assert acquire(run_id=run.pk, now=now) is not None


def test_a_process_of_another_host_is_believed_to_live(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    acquire(run_id=run.pk, now=now)
    Run.objects.filter(pk=run.pk).update(lease_owner="elsewhere:1:0123456789abcdef")

    assert acquire(run_id=run.pk, now=now) is None


def test_a_clock_set_back_does_not_lock_a_run(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    acquire(run_id=run.pk, now=now + datetime.timedelta(hours=1))

    assert acquire(run_id=run.pk, now=now) is not None


def test_a_run_that_is_not_there_is_said_to_be_unknown(now: datetime.datetime) -> None:
    with pytest.raises(RunUnknown):
        acquire(run_id="nobody", now=now)
