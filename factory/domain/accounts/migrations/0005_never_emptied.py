"""PostgreSQL itself refuses to empty the audit log: TRUNCATE fires no trigger of a row."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION factory_refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    # params=None: without parameters a percent sign is only that.
    schema_editor.execute(REFUSE, params=None)
    schema_editor.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON accounts_auditevent "
        "FOR EACH STATEMENT EXECUTE FUNCTION factory_refuse_emptying()"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP TRIGGER never_emptied ON accounts_auditevent")
    schema_editor.execute("DROP FUNCTION factory_refuse_emptying()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_append_only")]

    operations = [migrations.RunPython(guard, unguard)]
