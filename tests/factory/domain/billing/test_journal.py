import datetime
from typing import Any

import pytest

from factory.domain.accounts.services import create_team
from factory.domain.billing.journal import EntryFilter, entries, sum_of
from factory.domain.billing.models import EntryKind
from factory.domain.billing.periods import Period
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import grant, open_wallet
from factory.domain.runs.models import Run
from tests.factory.domain.billing.ledgers import DAY, HOUR, Piece, charge, of_days
from tests.factory.metered import AN_HOUR, START, new_run

pytestmark = pytest.mark.django_db
TRIAL = 5_000_000


@pytest.fixture
def run() -> Run:
    """Its team has credit to try, a grant, a charge, and another that was undone."""
    run = new_run()
    open_wallet(team=run.team, now=START)
    grant(team=run.team, micros=1_000_000, by=None, note="Invoice 7", now=START, key="7")
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR))
    charge(run, Piece("caption", datetime.timedelta(hours=1), AN_HOUR, is_undone=True))
    return run


def test_the_newest_entry_comes_first_with_all_its_postings(run: Run) -> None:
    lines = entries(EntryFilter(run.team_id))

    assert [line.entry.kind for line in lines] == ["reversal", "usage", "usage", "grant", "trial"]
    assert all(line.sum == 0 and len(line.postings) == 2 for line in lines)
    assert lines[2].postings == (("Usage, of the installation", HOUR), ("Credit of Alice", -HOUR))
    assert lines[2].usage is not None
    assert (lines[2].usage.node, lines[2].run, lines[2].pipeline_slug) == ("camera", run, "hello")
    assert (lines[3].usage, lines[3].run, lines[3].pipeline_slug) == (None, None, "")
    undone = lines[0].usage
    assert undone is not None
    assert undone.node == "caption"


def test_the_sum_of_all_entries_is_the_teams_credit(run: Run) -> None:
    count, total = sum_of(EntryFilter(run.team_id))

    assert (count, total) == (5, standing_of(run.team, START).balance)
    assert total == TRIAL + 1_000_000 - HOUR


def test_entries_can_be_asked_for_by_kind_run_day_and_use(run: Run) -> None:
    def kinds(**wanted: Any) -> list[str]:
        return [line.entry.kind for line in entries(EntryFilter(run.team_id, **wanted))]

    before = DAY - datetime.timedelta(days=1)
    assert kinds(kind=EntryKind.GRANT.value) == ["grant"]
    assert kinds(run=run.pk) == ["reversal", "usage", "usage"]
    assert kinds(run="nothing") == []
    assert kinds(period=Period(before, before)) == []
    assert len(kinds(period=Period(DAY, DAY))) == 5
    assert kinds(usage=of_days(run, component="overlay")) == ["reversal", "usage"]
    assert sum_of(EntryFilter(run.team_id, usage=of_days(run))) == (3, -HOUR)


def test_pages_follow_each_other_without_a_gap(run: Run) -> None:
    wanted, seen = EntryFilter(run.team_id), []
    page = entries(wanted, most=2)
    while page:
        seen += [line.entry.pk for line in page]
        page = entries(wanted, before=page[-1].key, most=2)

    assert seen == [line.entry.pk for line in entries(wanted)]


def test_another_team_has_its_own(run: Run) -> None:
    other = create_team(slug="other", name="Other")
    open_wallet(team=other, now=START)

    assert [line.entry.idempotency_key for line in entries(EntryFilter(other.pk))] == [f"trial:{other.pk}"]
    assert entries(EntryFilter(other.pk, run=run.pk)) == []
