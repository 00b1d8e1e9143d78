"""Every sum of every page is the sum of charges, and that of postings, whatever is asked for."""

import datetime

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.domain.accounts.services import create_team
from factory.domain.billing import statements
from factory.domain.billing.journal import EntryFilter, entries, sum_of
from factory.domain.billing.money import amount_of
from factory.domain.billing.periods import Period
from factory.domain.billing.statements import Sums, UsageFilter
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.archiving import archive_pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.states import RunState
from tests.factory.domain.billing.ledgers import DAY, HOUR, Piece, charge, of_days
from tests.factory.metered import AN_HOUR, START, new_run

pytestmark = pytest.mark.django_db
ONE = datetime.timedelta(days=1)
PIECES = st.builds(
    Piece,
    node=st.sampled_from(["camera", "caption", "file"]),
    ended_after=st.integers(-3 * 86_400, 3 * 86_400).map(lambda seconds: datetime.timedelta(seconds=seconds)),
    milliseconds=st.integers(0, 2 * AN_HOUR),
    is_undone=st.booleans(),
)


def check(wanted: UsageFilter) -> Sums:
    """Every way to add it up says the same; what it is."""
    total = statements.totals(wanted)
    runs = statements.by_run(wanted)
    for parts in (
        list(statements.by_day(wanted).values()),
        [line.sums for line in statements.by_component(wanted)],
        [line.sums for line in statements.by_pipeline(wanted)],
        [line.sums for line in runs],
    ):
        assert statements.sum_up(parts) == total
    cells = statements.by_component_and_day(wanted)
    assert statements.days_of(cells) == statements.by_day(wanted)
    assert statements.lines_of(cells) == statements.by_component(wanted)
    posted = statements.charges(wanted).aggregate(sum=Sum("amount", default=0))["sum"]
    assert -posted == total.micros
    assert sum_of(EntryFilter(wanted.team_id, usage=wanted))[1] == posted
    listed = entries(EntryFilter(wanted.team_id, usage=wanted))
    assert sum(line.amount for line in listed) == posted
    assert all(line.sum == 0 for line in listed)
    rows = statements.usages(wanted)
    assert (rows.count(), rows.aggregate(sum=Sum("milliseconds", default=0))["sum"]) == (
        total.instances,
        total.milliseconds,
    )
    return total


@pytest.mark.slow
@given(
    pieces=st.lists(st.tuples(PIECES, st.integers(0, 1)), max_size=6),
    first=st.integers(-4, 3),
    length=st.integers(0, 6),
    component=st.sampled_from(["", "overlay", "overlay@1.0.0", "recorder@9.9.9"]),
)
@settings(max_examples=25)
def test_every_sum_is_that_of_the_ledger(
    pieces: list[tuple[Piece, int]], first: int, length: int, component: str
) -> None:
    with transaction.atomic():
        runs = [new_run(), new_run()]
        for number, (piece, which) in enumerate(pieces):
            charge(runs[which], piece, attempt=number + 1)
        days = Period(DAY + first * ONE, DAY + (first + length) * ONE)
        wanted = UsageFilter(runs[0].team_id, days, component=component)

        total = check(wanted)
        everything = check(UsageFilter(runs[0].team_id, Period(DAY - 9 * ONE, DAY + 9 * ONE)))
        transaction.set_rollback(True)
    kept = [piece for piece, _ in pieces if not piece.is_undone]
    assert everything.micros == sum(amount_of(piece.milliseconds, HOUR) for piece in kept)
    assert total.instances <= everything.instances == len(pieces)


@pytest.fixture
def run() -> Run:
    """Two hours of camera, one day and the next, and one of caption."""
    run = new_run()
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR), attempt=1)
    charge(run, Piece("camera", ONE, AN_HOUR), attempt=2)
    charge(run, Piece("caption", ONE, AN_HOUR), attempt=1)
    return run


def test_a_day_a_component_and_a_pipeline_can_be_asked_for_alone(run: Run) -> None:
    both = of_days(run, DAY, DAY + ONE)

    assert statements.totals(both) == Sums(3, 3 * AN_HOUR, 3 * HOUR)
    assert statements.totals(of_days(run)) == Sums(1, AN_HOUR, HOUR)
    assert statements.totals(of_days(run, DAY, DAY + ONE, component="overlay@1.0.0")) == Sums(1, AN_HOUR, HOUR)
    assert statements.totals(of_days(run, DAY, DAY + ONE, component="test_source")) == Sums(2, 2 * AN_HOUR, 2 * HOUR)
    assert statements.totals(of_days(run, DAY, DAY + ONE, pipeline="hello")) == Sums(3, 3 * AN_HOUR, 3 * HOUR)
    assert statements.totals(of_days(run, DAY, DAY + ONE, pipeline="other")) == Sums()
    assert [(line.key, line.sums.instances) for line in statements.by_component(both)] == [
        ("test_source@1.0.0", 2),
        ("overlay@1.0.0", 1),
    ]


def test_a_run_that_a_period_cuts_shows_its_part_and_says_so(run: Run) -> None:
    whole, part = (statements.by_run(of_days(run, DAY, last)) for last in (DAY + ONE, DAY))

    assert [(line.run, line.sums.instances, line.is_partial) for line in whole] == [(run.pk, 3, False)]
    assert [(line.run, line.sums, line.is_partial) for line in part] == [(run.pk, Sums(1, AN_HOUR, HOUR), True)]
    assert statements.by_run(of_days(run, DAY - ONE, DAY - ONE)) == []


def test_runs_come_in_pages_without_a_gap(run: Run) -> None:
    others = [new_run() for _ in range(4)]
    for each in others:
        charge(each, Piece("camera", ONE, AN_HOUR))
    wanted, seen = of_days(run, DAY, DAY + ONE), []
    page = statements.by_run(wanted, most=2)
    while page:
        seen += [line.run for line in page]
        page = statements.by_run(wanted, before=(page[-1].last_ended_at, page[-1].run), most=2)

    assert sorted(seen) == sorted([run.pk, *(each.pk for each in others)])
    assert len(seen) == 5


def test_nothing_of_another_team_is_seen(run: Run) -> None:
    other = create_team(slug="other", name="Other")
    wanted = UsageFilter(other.pk, Period(DAY, DAY + ONE))

    assert check(wanted) == Sums()
    assert statements.pipelines_to_choose(team_id=other.pk) == []


def test_an_archived_pipeline_counts_under_its_slug_and_says_so(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.STOPPED)
    archive_pipeline(pipeline=run.version.pipeline, now=START)
    lines = statements.by_pipeline(of_days(run, DAY, DAY + ONE))
    assert [(line.key, line.is_archived) for line in lines] == [("hello", True)]

    again = new_run()
    assert again.version.pipeline_id != run.version.pipeline_id
    Pipeline.objects.filter(pk=again.version.pipeline_id).update(name="Hello again")
    charge(again, Piece("camera", ONE, AN_HOUR))
    [line] = statements.by_pipeline(of_days(run, DAY, DAY + ONE))

    assert (line.key, line.name, line.is_archived, line.sums.instances) == ("hello", "Hello again", False, 4)
    assert check(of_days(run, DAY, DAY + ONE, pipeline="hello")).instances == 4


def test_what_was_used_can_be_chosen(run: Run) -> None:
    cells = statements.by_component_and_day(of_days(run, DAY, DAY + ONE))

    assert sorted(cells) == ["overlay@1.0.0", "test_source@1.0.0"]
    for component in ("", "overlay", "overlay@1.0.0", "overlay@2.0.0", "over"):
        wanted = of_days(run, DAY, DAY + ONE, component=component)
        assert statements.of_component(cells, component) == statements.by_component_and_day(wanted)
    assert statements.pipelines_to_choose(team_id=run.team_id) == [("hello", "hello")]
