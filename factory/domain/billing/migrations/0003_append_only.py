"""PostgreSQL itself refuses to change or delete ledger rows, and to keep an entry whose postings do not sum to zero."""

from django.db import migrations

TABLES = (
    "billing_pricelist",
    "billing_componentprice",
    "billing_ledgeraccount",
    "billing_journalentry",
    "billing_posting",
)
BALANCE = """
CREATE FUNCTION factory_require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    total numeric;
    pieces bigint;
BEGIN
    IF TG_TABLE_NAME = 'billing_posting' THEN
        wanted := (to_jsonb(NEW) ->> 'entry_id')::bigint;
    ELSE
        wanted := (to_jsonb(NEW) ->> 'id')::bigint;
    END IF;
    SELECT coalesce(sum(amount), 0), count(*) INTO total, pieces FROM billing_posting WHERE entry_id = wanted;
    IF total <> 0 OR pieces < 2 THEN
        RAISE EXCEPTION 'journal entry % is not balanced: % postings sum to %', wanted, pieces, total
            USING ERRCODE = 'check_violation', HINT = 'Post both sides of an entry in one transaction.';
    END IF;
    RETURN NULL;
END $$
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION factory_refuse_change()"
        )
    # params=None: without parameters a percent sign is only that.
    schema_editor.execute(BALANCE, params=None)
    for table in ("billing_posting", "billing_journalentry"):
        schema_editor.execute(
            f"CREATE CONSTRAINT TRIGGER sums_to_zero AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION factory_require_balance()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in ("billing_posting", "billing_journalentry"):
        schema_editor.execute(f"DROP TRIGGER sums_to_zero ON {table}")
    schema_editor.execute("DROP FUNCTION factory_require_balance()")
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER never_changed ON {table}")


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial"), ("metering", "0002_append_only")]
    operations = [migrations.RunPython(guard, unguard)]
