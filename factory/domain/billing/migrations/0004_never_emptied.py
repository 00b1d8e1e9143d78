"""PostgreSQL itself refuses to empty the tables of the ledger and of prices."""

from django.db import migrations

TABLES = (
    "billing_pricelist",
    "billing_componentprice",
    "billing_ledgeraccount",
    "billing_journalentry",
    "billing_posting",
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION factory_refuse_emptying()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER never_emptied ON {table}")


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_append_only"), ("metering", "0003_never_emptied")]
    operations = [migrations.RunPython(guard, unguard)]
