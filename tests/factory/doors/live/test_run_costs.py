import datetime

import pytest

from factory.domain.billing.models import PriceList
from factory.domain.billing.selectors import RunCost
from factory.doors.live.rows import read_rows
from factory.doors.live.run_costs import KEEP_SECONDS, RunCosts
from factory.doors.live.view import live_state
from tests.factory.domain.billing.ledgers import HOUR, Piece, charge
from tests.factory.metered import AN_HOUR, START, new_run, started


class Book:
    """Counts how often it is asked, and says another cost each time."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, run_id: str) -> RunCost:
        self.asked += 1
        return RunCost(self.asked, ())


def test_however_often_browsers_are_told_the_ledger_is_asked_every_few_seconds() -> None:
    book, times = Book(), iter([0.0, 0.1, KEEP_SECONDS, KEEP_SECONDS + 0.1])
    costs = RunCosts(book, clock=lambda: next(times))

    assert [costs.of("one", "ready").settled for _ in range(4)] == [1, 1, 1, 2]


def test_a_run_that_becomes_another_is_asked_for_at_once() -> None:
    costs = RunCosts(Book(), clock=lambda: 0.0)

    assert [costs.of(run, state).settled for run, state in (("a", "ready"), ("a", "stopped"), ("b", "ready"))] == [
        1,
        2,
        3,
    ]


def test_runs_that_nobody_looks_at_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory.doors.live.run_costs.MOST_RUNS", 2)
    book = Book()
    costs = RunCosts(book, clock=lambda: 0.0)
    for run in ("a", "b", "c", "a"):
        costs.of(run, "ready")

    assert book.asked == 4


@pytest.mark.django_db
def test_browsers_are_told_what_is_settled_and_what_runs() -> None:
    run = new_run()
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR))
    started(run, "caption")
    rows = read_rows(run.version.pipeline_id)
    assert rows is not None

    state = live_state(rows, None)

    assert state["run"]["cost"] == {
        "settled": HOUR,
        "running": [{"since": "2026-11-22T12:00:00.000Z", "per_hour": HOUR}],
        "currency": "EUR",
    }


@pytest.mark.django_db
def test_a_run_is_shown_also_where_nobody_can_say_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run()
    started(run, "camera", at=PriceList.objects.earliest("effective_from").effective_from - datetime.timedelta(days=1))
    assert run.instances.get().requested_at < START
    rows = read_rows(run.version.pipeline_id)
    assert rows is not None

    assert "cost" not in live_state(rows, None)["run"]
