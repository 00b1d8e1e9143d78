import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factory.domain.billing.month_statement import month_statement
from factory.domain.billing.run_statement import run_statement
from factory.domain.billing.selectors import run_cost
from factory.domain.billing.statements import Sums
from factory.domain.runs.models import Instance, Run
from tests.factory.domain.billing.ledgers import HOUR, Piece, charge
from tests.factory.metered import AN_HOUR, START, new_run, started, used

pytestmark = pytest.mark.django_db
HALF = datetime.timedelta(minutes=30)
NOW = START + HALF


@pytest.fixture
def run() -> Run:
    """A camera charged twice, once undone; a caption that runs; a file that is about to be charged."""
    run = new_run()
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR), attempt=1)
    charge(run, Piece("camera", HALF, 1000, is_undone=True), attempt=2)
    started(run, "caption")
    used(run, "file", milliseconds=AN_HOUR // 2)
    return run


def test_every_container_has_its_times_its_price_and_its_entry(run: Run) -> None:
    statement = run_statement(run=run, now=NOW)
    camera, again, caption, file = statement.lines

    assert (camera.node, camera.attempt, camera.milliseconds, camera.micros) == ("camera", 1, AN_HOUR, HOUR)
    assert camera.started_at == START - datetime.timedelta(hours=1)
    assert camera.ended_at == START
    assert (camera.per_hour, camera.is_charged, camera.entry.partition(":")[0]) == (HOUR, True, "usage")
    assert (again.is_reversed, again.micros, again.milliseconds) == (True, 0, 1000)
    assert (caption.is_running, caption.is_charged, caption.micros) == (True, False, HOUR // 2)
    assert (file.is_running, file.is_charged, file.milliseconds, file.micros) == (False, False, AN_HOUR // 2, HOUR // 2)


def test_charged_amounts_are_those_of_the_ledger_and_the_others_estimates(run: Run) -> None:
    statement = run_statement(run=run, now=NOW)

    assert statement.settled == Sums(2, AN_HOUR + 1000, HOUR)
    assert sum(line.micros for line in statement.lines if line.is_charged) == statement.settled.micros
    assert statement.settled.micros + statement.estimated == run_cost(run.pk, NOW).total(NOW)
    assert not statement.is_cut


def test_what_never_started_costs_nothing(run: Run) -> None:
    Instance.objects.create(run=run, node="file", attempt=9, name="x", epoch=1, requested_at=START)

    line = run_statement(run=run, now=NOW).lines[-1]

    assert (line.attempt, line.started_at, line.micros, line.is_running) == (9, None, 0, False)


def test_a_long_history_is_cut_to_the_newest(run: Run) -> None:
    statement = run_statement(run=run, now=NOW, most=3)

    assert statement.is_cut
    assert [(line.node, line.attempt) for line in statement.lines] == [("camera", 2), ("caption", 1), ("file", 1)]
    assert statement.settled.instances == 2


def test_a_run_is_read_with_few_questions_however_many_containers_it_has(run: Run) -> None:
    for attempt in range(3, 30):
        started(run, "caption", attempt=attempt)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        run_statement(run=run, now=NOW)
        run_cost(run.pk, NOW)
        month_statement(team_id=run.team_id, now=NOW)

    assert len(asked) <= 25


def test_the_month_is_what_is_charged_and_what_is_not_yet(run: Run) -> None:
    charge(run, Piece("camera", datetime.timedelta(days=-30), AN_HOUR), attempt=3)

    month = month_statement(team_id=run.team_id, now=NOW)

    assert month.settled == Sums(2, AN_HOUR + 1000, HOUR)
    assert (month.running, month.instances, month.per_hour) == (HOUR // 2, 1, HOUR)
    assert month.ended == HOUR // 2
    assert month.total == HOUR + month.estimated == 2 * HOUR
    assert not month.is_cut


def test_more_containers_than_are_added_up_are_not_hidden(run: Run) -> None:
    assert month_statement(team_id=run.team_id, now=NOW, most=1).is_cut
