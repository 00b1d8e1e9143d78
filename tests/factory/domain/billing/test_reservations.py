import datetime

import pytest

from factory.domain.accounts.models import Team, User
from factory.domain.billing.charging import charge_usage
from factory.domain.billing.models import Reservation, Wallet
from factory.domain.billing.proof import check_books
from factory.domain.billing.reservations import OutOfCredit, is_due, release_run, renew_run, reserve_run
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import grant, open_wallet, set_cap, set_enforced
from factory.domain.metering.services import record_usage
from factory.domain.runs.models import Run
from factory.domain.runs.states import RunState
from tests.factory.metered import AN_HOUR, START, end, new_run, started, used

pytestmark = pytest.mark.django_db
PER_HOUR = 42_500
"""One instance of `tests.factory.metered`."""
MINUTE = -(-PER_HOUR // 60)


@pytest.fixture
def run() -> Run:
    return new_run()


def leave(team: Team, micros: int) -> None:
    """Take credit away until so much is left."""
    balance = open_wallet(team=team, now=START).balance
    if balance != micros:
        grant(team=team, micros=micros - balance, by=None, note="", now=START, key=f"to {micros} from {balance}")


def at(seconds: float) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


def over(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.STOPPED)


def test_the_first_minute_is_set_aside_and_paid(run: Run) -> None:
    reserve_run(run=run, per_hour=PER_HOUR, now=START)

    standing = standing_of(run.team, START)
    assert (standing.reserved, standing.available) == (MINUTE, 5_000_000 - MINUTE)
    assert Run.objects.get(pk=run.pk).paid_until == at(60)
    assert check_books() == []


def test_without_credit_for_the_first_minute_it_is_refused_with_the_numbers_and_what_to_do(run: Run) -> None:
    leave(run.team, MINUTE - 1)

    with pytest.raises(OutOfCredit) as refused:
        reserve_run(run=run, per_hour=PER_HOUR, now=START)

    assert refused.value.message == (
        "The team's credit leaves too little: the run was not started. Its first 60 s take €0.000709 (€0.0425 an "
        "hour), and €0.000708 is left. Ask the operator for credit."
    )
    assert standing_of(run.team, START).reserved == 0


def test_the_cap_of_the_month_refuses_what_credit_would_allow(run: Run) -> None:
    set_cap(team=run.team, micros=MINUTE - 1, by=None, now=START)

    with pytest.raises(OutOfCredit, match=r"^The team's cap of €0\.000708 .* not started\. .* Raise the cap"):
        reserve_run(run=run, per_hour=PER_HOUR, now=START)

    set_cap(team=run.team, micros=MINUTE, by=None, now=START)
    reserve_run(run=run, per_hour=PER_HOUR, now=START)


def test_what_was_spent_counts_for_its_month_alone(run: Run) -> None:
    charge_usage(usage_id=used(run, milliseconds=AN_HOUR).pk, now=START)
    set_cap(team=run.team, micros=PER_HOUR, by=None, now=START)
    with pytest.raises(OutOfCredit, match="cap"):
        reserve_run(run=run, per_hour=PER_HOUR, now=START)

    reserve_run(run=run, per_hour=PER_HOUR, now=START + datetime.timedelta(days=10))

    assert check_books() == []


def test_the_operators_own_runs_are_never_refused_and_never_end_for_money(run: Run) -> None:
    leave(run.team, -1_000_000)
    set_enforced(team=run.team, enforced=False, by=None, now=START)

    reserve_run(run=run, per_hour=PER_HOUR, now=START)

    assert Run.objects.get(pk=run.pk).paid_until is None
    assert renew_run(run_id=run.pk, now=at(100)) is None


def test_a_run_is_renewed_when_half_of_its_quantum_is_gone(run: Run) -> None:
    assert [is_due(at(60), at(second)) for second in (0, 29, 30, 90)] == [False, False, True, True]
    assert is_due(at(3600), at(0)), "a clock that was set back must not make time free"
    assert not is_due(None, at(0))


def test_renewing_holds_what_was_used_and_the_next_minute(run: Run) -> None:
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    started(run)

    assert renew_run(run_id=run.pk, now=at(20)) == at(60)
    assert renew_run(run_id=run.pk, now=at(30)) == at(90)

    assert standing_of(run.team, START).reserved == MINUTE + -(-PER_HOUR * 30 // 3600)


def test_a_run_that_cannot_be_renewed_keeps_what_it_had(run: Run) -> None:
    leave(run.team, MINUTE + 1)
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    started(run)

    with pytest.raises(OutOfCredit) as refused:
        renew_run(run_id=run.pk, now=at(30))

    assert refused.value.message == (
        "The team's credit leaves too little: the run was ended. Its next 60 s take €0.000709 (€0.0425 an hour), and "
        "€0.000355 is left beside €0.000355 used by this run and not charged yet. Ask the operator for credit."
    )
    assert standing_of(run.team, START).reserved == MINUTE
    assert Run.objects.get(pk=run.pk).paid_until == at(60)


def test_a_charge_is_paid_from_what_was_set_aside(run: Run) -> None:
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    instance = started(run)
    renew_run(run_id=run.pk, now=at(30))
    held = standing_of(run.team, START)

    end(instance, milliseconds=30_000)
    usage = record_usage(instance_id=instance.pk, now=at(31))
    assert usage is not None
    entry = charge_usage(usage_id=usage.pk, now=at(31))

    now = standing_of(run.team, START)
    spent = -entry.postings.get(account__kind="credit").amount
    assert (held.reserved - now.reserved, held.available - now.available) == (spent, 0)
    assert check_books() == []


def test_what_is_left_is_given_back_once_when_all_is_charged(run: Run) -> None:
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    instance = started(run)
    assert not release_run(run_id=run.pk, now=at(10)), "it runs"
    over(run)
    assert not release_run(run_id=run.pk, now=at(10)), "it is not measured"
    usage = record_usage(instance_id=end(instance, milliseconds=5000).pk, now=at(10))
    assert not release_run(run_id=run.pk, now=at(10)), "it is not charged"
    assert usage is not None
    charge_usage(usage_id=usage.pk, now=at(10))

    assert [release_run(run_id=run.pk, now=at(11)) for _ in range(3)] == [True, False, False]

    assert standing_of(run.team, START).reserved == 0
    assert Reservation.objects.get().released_at == at(11)
    assert check_books() == []


def test_a_run_that_never_started_gives_everything_back(run: Run) -> None:
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    over(run)

    assert release_run(run_id=run.pk, now=START)
    assert standing_of(run.team, START).available == 5_000_000


def test_a_run_of_a_team_that_was_not_limited_is_paid_for_from_now_on(run: Run) -> None:
    set_enforced(team=run.team, enforced=False, by=None, now=START)
    started(run)
    set_enforced(team=run.team, enforced=True, by=None, now=at(60))

    assert renew_run(run_id=run.pk, now=at(100)) == at(160)

    assert Wallet.objects.get(team=run.team).reserved == Reservation.objects.get(run=run).amount > MINUTE


def test_nobody_takes_more_than_there_is_however_prices_rose(run: Run, admin_user: User) -> None:
    reserve_run(run=run, per_hour=1, now=START)
    started(run)

    renew_run(run_id=run.pk, now=at(30))

    assert Reservation.objects.get(run=run).amount >= MINUTE
