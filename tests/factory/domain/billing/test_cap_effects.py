import datetime

import pytest

from factory.domain.accounts.models import Team
from factory.domain.billing.cap_effects import runs_about_to_end
from factory.domain.billing.limits import Level, limits_of
from factory.domain.billing.reservations import reserve_run
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import set_cap, set_enforced
from factory.domain.billing.settling import renew_reservations
from factory.domain.runs.models import Run
from tests.factory.metered import START, new_run, started

pytestmark = pytest.mark.django_db
PER_HOUR = 42_500
MINUTE = -(-PER_HOUR // 60)


@pytest.fixture
def run() -> Run:
    """It has run for an hour, of a team that needs no credit."""
    run = new_run()
    set_enforced(team=run.team, enforced=False, by=None, now=START)
    reserve_run(run=run, per_hour=PER_HOUR, now=START)
    started(run)
    return run


def later(seconds: float = 3600) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


def cap(team: Team, micros: int) -> None:
    set_cap(team=team, micros=micros, by=None, now=later())


def test_a_cap_counts_what_runs_and_was_neither_charged_nor_set_aside(run: Run) -> None:
    cap(run.team, PER_HOUR * 2)

    standing = standing_of(run.team, later())
    [limit] = limits_of(standing, trial=0)

    assert (standing.reserved, standing.uncharged, standing.taken) == (MINUTE, PER_HOUR, PER_HOUR)
    assert limit.percent == 50
    assert limit.sentence == "50 % of the cap of €0.085 for this month is spent or used by what runs."


def test_a_cap_below_what_has_run_is_reached_at_once(run: Run) -> None:
    cap(run.team, PER_HOUR - 1)

    assert limits_of(standing_of(run.team, later()), trial=0)[0].level is Level.ALL


def test_what_is_set_aside_counts_where_that_is_more(run: Run) -> None:
    cap(run.team, PER_HOUR * 2)
    assert renew_reservations(now=later(3650)) == []

    standing = standing_of(run.team, later(3650))

    assert standing.taken == standing.reserved > standing.uncharged


def test_the_runs_that_are_about_to_end_are_those_that_the_cap_then_ends(run: Run) -> None:
    other = new_run(later())
    reserve_run(run=other, per_hour=PER_HOUR, now=later())
    started(other, at=later())
    cap(run.team, PER_HOUR)

    assert runs_about_to_end(team=run.team, now=later()) == 1
    assert renew_reservations(now=later(3650)) == [run.pk]


def test_a_cap_with_room_for_what_runs_ends_nothing(run: Run) -> None:
    assert runs_about_to_end(team=run.team, now=later()) == 0, "it has no cap"
    cap(run.team, PER_HOUR + MINUTE)
    assert runs_about_to_end(team=run.team, now=later()) == 0
