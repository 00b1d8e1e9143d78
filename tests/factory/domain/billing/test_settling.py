import datetime

import pytest

from factory.domain.accounts.models import AuditEvent
from factory.domain.accounts.services import create_team
from factory.domain.billing.models import Reservation
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.reservations import reserve_run
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import set_cap
from factory.domain.billing.settling import Settled, keep_paid, renew_reservations, settle
from factory.domain.runs.models import Instance, Run
from factory.domain.runs.states import RunState
from tests.factory.metered import START, end, new_run, started, used

pytestmark = pytest.mark.django_db
PER_HOUR = 42_500


def at(seconds: float) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


def test_a_sweep_does_what_every_lost_bell_left_and_then_nothing() -> None:
    run = new_run()
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    end(started(run), milliseconds=5000)
    used(run, "caption")
    Run.objects.filter(pk=run.pk).update(state=RunState.STOPPED)
    create_team(slug="late", name="Late")

    assert settle(now=at(60)) == Settled(opened=1, metered=1, charged=2, released=1)
    assert settle(now=at(61)) == Settled()
    assert (waiting(), check_books()) == (0, [])
    assert standing_of(run.team, at(61)).reserved == 0


def test_one_instance_that_cannot_be_measured_holds_up_no_other() -> None:
    run = new_run()
    broken = end(started(run, "camera"), milliseconds=5000)
    end(started(run, "caption"), milliseconds=5000)
    Instance.objects.filter(pk=broken.pk).update(node="nobody")

    assert settle(now=at(60)).metered == 1


def test_one_row_that_cannot_be_charged_holds_up_no_other() -> None:
    run = new_run()
    ancient = started(run, "camera", at=datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC))
    end(ancient, milliseconds=1)
    end(started(run, "caption"), milliseconds=5000)

    assert settle(now=at(60)).charged == 1
    assert waiting() == 1, "before there were prices nothing has one; it waits for an operator"


def test_runs_of_one_host_are_renewed_by_it() -> None:
    run = new_run()
    reserve_run(run=run, per_hour=PER_HOUR, now=START)

    assert renew_reservations(now=at(40), host="elsewhere") == []
    assert Run.objects.get(pk=run.pk).paid_until == at(60)

    assert renew_reservations(now=at(40), host=run.host) == []
    assert Run.objects.get(pk=run.pk).paid_until == at(100)


def test_a_run_whose_cap_is_reached_is_asked_to_stop_with_the_reason() -> None:
    run = new_run()
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    set_cap(team=run.team, micros=1000, by=None, now=START)
    started(run)
    assert renew_reservations(now=at(40)) == [], "it uses what is paid for"

    assert renew_reservations(now=at(50)) == [run.pk]

    run.refresh_from_db()
    assert not run.wanted
    assert run.stop_reason.startswith("The team's cap of €0.001 this month leaves too little: the run was ended")
    assert "credit" not in run.stop_reason
    assert "Its next 60 s take €0.000709 (€0.0425 an hour)" in run.stop_reason
    assert run.paid_until == at(60)
    assert renew_reservations(now=at(51)) == [], "it is asked once"


def test_a_run_without_a_reservation_of_its_own_gets_one() -> None:
    run = new_run()
    Run.objects.filter(pk=run.pk).update(paid_until=at(10))
    started(run)

    assert renew_reservations(now=at(5)) == []

    assert Reservation.objects.get(run=run).amount > 0
    assert check_books() == []


def test_a_run_that_cannot_be_looked_at_holds_up_no_other() -> None:
    broken, sound = new_run(), new_run(at(1))
    for run in (broken, sound):
        reserve_run(run=run, per_hour=PER_HOUR, now=START)
    instance = started(broken)
    Instance.objects.filter(pk=instance.pk).update(started_at=datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC))

    assert renew_reservations(now=at(40)) == []

    assert Run.objects.get(pk=broken.pk).paid_until == at(60), "it started before there were prices"
    assert Run.objects.get(pk=sound.pk).paid_until == at(100)


def test_two_who_find_a_run_without_credit_ask_it_to_stop_once() -> None:
    run = new_run()
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    set_cap(team=run.team, micros=0, by=None, now=START)
    started(run)

    for _ in range(2):
        assert not keep_paid(run_id=run.pk, now=at(55))

    assert AuditEvent.objects.filter(action="run.out_of_credit").count() == 1
