"""Whoever falsifies a book past the models is found."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from factory.domain.billing.charging import charge_usage
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.reservations import reserve_run
from tests.factory.metered import START, new_run, used

Falsify = Callable[[str], None]
pytestmark = pytest.mark.django_db


@pytest.fixture
def falsify() -> Falsify:
    """Change a row as whoever owns the tables could."""
    run = new_run()
    reserve_run(run=run, per_hour=42_500_000, now=START)
    charge_usage(usage_id=used(run).pk, now=START)
    charge_usage(usage_id=used(run, "caption").pk, now=START)
    assert check_books() == []

    def execute(statement: str) -> None:
        table = statement.split()[2] if statement.startswith("DELETE") else statement.split()[1]
        guarded = connection.vendor == "postgresql" and table in {"billing_posting", "metering_instanceusage"}
        with connection.cursor() as cursor:
            if guarded:
                cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} DISABLE TRIGGER never_changed")
            cursor.execute(statement)

    return execute


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE billing_wallet SET balance = balance + 1", "its postings sum to"),
        ("UPDATE billing_wallet SET reserved = reserved + 1", "its reservations hold"),
        ("UPDATE billing_reservation SET amount = 0", "its reservations hold"),
        ("UPDATE billing_wallet SET spent = 0", "its days sum to"),
        ("UPDATE billing_posting SET amount = amount + 1 WHERE amount > 0", "not to 0"),
        ("UPDATE billing_posting SET amount = 2 * amount", "ms cost"),
        ("UPDATE billing_usageday SET micros = micros - 1", "The day"),
        ("UPDATE billing_usageday SET milliseconds = 0", "The day"),
        ("DELETE FROM billing_runusage", "is not kept"),
        ("UPDATE metering_instanceusage SET milliseconds = 1", "the engine's times say"),
        ("UPDATE metering_instanceusage SET cpu_millis = 1", "was the price at its start"),
        ("UPDATE runs_instance SET finished_at = started_at", "the engine's times say 0"),
    ],
)
def test_what_was_falsified_is_told(falsify: Falsify, statement: str, told: str) -> None:
    falsify(statement)

    assert any(told in problem for problem in check_books()), check_books()


def test_usage_that_nobody_would_ever_charge_is_told(falsify: Falsify) -> None:
    used(new_run(), "file")
    assert (check_books(), waiting()) == ([], 1)

    falsify("DELETE FROM metering_openusage")

    assert any("neither charged nor waits" in problem for problem in check_books())


def test_the_command_says_that_the_books_are_right(falsify: Falsify, capsys: pytest.CaptureFixture[str]) -> None:
    used(new_run(), "file")

    call_command("check_ledger")
    assert "The books are right; 1 rows of usage wait" in capsys.readouterr().out

    call_command("check_ledger", "--settle")
    assert "The books are right; 0 rows of usage wait" in capsys.readouterr().out


def test_the_command_fails_where_they_are_not(falsify: Falsify, capsys: pytest.CaptureFixture[str]) -> None:
    falsify("UPDATE billing_wallet SET balance = 0")

    with pytest.raises(CommandError, match="wrong in 1 places; nothing was changed"):
        call_command("check_ledger")
    assert "The wallet of alice says 0" in capsys.readouterr().out
