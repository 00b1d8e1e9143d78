"""What PostgreSQL itself refuses, whoever writes past the models."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from factory.domain.billing.charging import charge_usage
from factory.domain.billing.services import set_component_price
from tests.factory.metered import START, new_run, used

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TABLES = (
    "metering_instanceusage",
    "billing_pricelist",
    "billing_componentprice",
    "billing_ledgeraccount",
    "billing_journalentry",
    "billing_posting",
)


@pytest.fixture(autouse=True)
def books(transactional_db: None) -> None:
    charge_usage(usage_id=used(new_run()).pk, now=START)
    set_component_price(component="overlay", per_hour_micros=1, effective_from=START, note="", by=None, now=START)


def run_sql(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed_or_deleted(table: str) -> None:
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            run_sql(statement)


@pytest.mark.parametrize("table", [*TABLES, "accounts_auditevent"])
def test_no_table_is_emptied_neither_itself_nor_by_another(table: str) -> None:
    # Tests empty tables after themselves, so the trigger is off in their database: see tests/conftest.py.
    guarded = f"ALTER TABLE {table} ENABLE TRIGGER never_emptied"
    everything = "TRUNCATE accounts_team, billing_pricelist, billing_componentprice CASCADE"
    for statement in (f"TRUNCATE {table} CASCADE", everything):
        with pytest.raises(DatabaseError, match="is never emptied"):
            run_sql(guarded, statement)


def insert_posting(amount: int, entry: str = "(SELECT max(id) FROM billing_journalentry)") -> str:
    account = "(SELECT min(id) FROM billing_ledgeraccount)"
    return f"INSERT INTO billing_posting (entry_id, account_id, amount) VALUES ({entry}, {account}, {amount})"


ENTRY = (
    "INSERT INTO billing_journalentry (idempotency_key, kind, at, note, by) VALUES ('by hand', 'grant', now(), '', '')"
)


def test_postings_that_do_not_sum_to_zero_are_not_kept() -> None:
    with pytest.raises(IntegrityError, match="not balanced"):
        run_sql(ENTRY, insert_posting(5), insert_posting(-4))


def test_an_entry_without_postings_is_not_kept() -> None:
    with pytest.raises(IntegrityError, match="not balanced"):
        run_sql(ENTRY)


def test_no_posting_is_added_to_an_entry_alone() -> None:
    with pytest.raises(IntegrityError, match="not balanced"):
        run_sql(insert_posting(1))


def test_both_sides_in_one_transaction_are_kept() -> None:
    run_sql(ENTRY, insert_posting(5), insert_posting(-5))

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(amount), count(*) FROM billing_posting")
        assert cursor.fetchone() == (0, 6)
