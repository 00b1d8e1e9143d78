import csv
import datetime
import io

import pytest
from asgiref.sync import async_to_sync

from factory.domain.billing import sheets
from factory.domain.billing.journal import EntryFilter, sum_of
from factory.domain.billing.services import grant, open_wallet
from factory.domain.billing.sheets import Sheet, duration, ledger_sheet, safe_text, usage_sheet
from factory.domain.billing.statements import totals
from factory.domain.runs.models import Run
from tests.factory.domain.billing.ledgers import HOUR, Piece, charge, of_days
from tests.factory.metered import AN_HOUR, START, new_run, used

pytestmark = pytest.mark.django_db


async def _whole(sheet: Sheet) -> bytes:
    return b"".join([piece async for piece in sheet])


def read(sheet: Sheet) -> list[dict[str, str]]:
    text = async_to_sync(_whole)(sheet).decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def run() -> Run:
    run = new_run()
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR))
    charge(run, Piece("caption", datetime.timedelta(minutes=1), 3_723_004))
    charge(run, Piece("file", datetime.timedelta(minutes=2), AN_HOUR, is_undone=True))
    used(run, "camera", attempt=2)
    return run


def test_each_instance_is_a_row_of_exact_numbers(run: Run) -> None:
    rows = read(usage_sheet(of_days(run), currency="EUR"))

    assert [(row["node"], row["attempt"]) for row in rows] == [
        ("camera", "1"),
        ("caption", "1"),
        ("file", "1"),
        ("camera", "2"),
    ]
    assert rows[1] | {"run": "", "entry": ""} == {
        "ended_at": "2026-11-22T12:01:00+00:00",
        "started_at": "2026-11-22T10:58:56.996000+00:00",
        "pipeline": "hello",
        "run": "",
        "node": "caption",
        "attempt": "1",
        "component": "overlay@1.0.0",
        "milliseconds": "3723004",
        "duration": "1:02:03.004",
        "end_source": "engine",
        "cpu_millis": "1000",
        "memory_mib": "512",
        "per_hour_micros": "42500",
        "amount_micros": "43952",
        "amount": "0.043952",
        "currency": "EUR",
        "entry": "",
    }
    assert rows[2]["amount_micros"] == "0"
    assert (rows[3]["entry"], rows[3]["amount"], rows[3]["milliseconds"]) == ("", "", str(AN_HOUR))


def test_the_rows_sum_to_the_total_of_the_page(run: Run) -> None:
    rows = read(usage_sheet(of_days(run), currency="EUR"))
    charged = [row for row in rows if row["entry"]]
    total = totals(of_days(run))

    assert sum(int(row["amount_micros"]) for row in charged) == total.micros == HOUR + 43_952
    assert sum(int(row["milliseconds"]) for row in charged) == total.milliseconds


def test_a_long_table_comes_in_pieces_without_a_gap(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(usage_sheet(of_days(run), currency="EUR"))
    ledger = read(ledger_sheet(EntryFilter(run.team_id), currency="EUR"))
    for pieces in (1, 2, 3):
        monkeypatch.setattr(sheets, "_AT_ONCE", pieces)
        assert read(usage_sheet(of_days(run), currency="EUR")) == whole
        assert read(ledger_sheet(EntryFilter(run.team_id), currency="EUR")) == ledger


def test_a_table_ends_at_its_bound(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)

    assert len(read(usage_sheet(of_days(run), currency="EUR"))) == 2


def test_each_posting_is_a_row_and_all_sum_to_nothing(run: Run) -> None:
    rows = read(ledger_sheet(EntryFilter(run.team_id), currency="EUR"))
    credit = [row for row in rows if row["account"] == "Credit of Alice"]
    count, total = sum_of(EntryFilter(run.team_id))

    assert sum(int(row["amount_micros"]) for row in rows) == 0
    assert (len(credit), sum(int(row["amount_micros"]) for row in credit)) == (count, total)
    assert {row["kind"] for row in rows} == {"trial", "usage", "reversal"}


def test_no_spreadsheet_takes_a_note_for_a_formula(run: Run) -> None:
    open_wallet(team=run.team, now=START)
    note = '=HYPERLINK("http://evil.example";"invoice")'
    grant(team=run.team, micros=1, by=None, note=note, now=START, key="@SUM(1)")
    [row, _] = read(ledger_sheet(EntryFilter(run.team_id, kind="grant"), currency="EUR"))

    assert row["note"].startswith("'=HYPERLINK")
    assert row["entry"] == "grant:@SUM(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_what_begins_a_formula_is_made_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_plain_text_stays_as_it_is() -> None:
    assert [safe_text(text) for text in ("", "hello", "a=1", "1")] == ["", "hello", "a=1", "1"]


def test_lengths_of_time_are_written_to_the_millisecond() -> None:
    assert [duration(value) for value in (0, 61_001, 360_000_000)] == ["0:00:00.000", "0:01:01.001", "100:00:00.000"]
