"""PostgreSQL itself refuses to change or delete usage. SQLite has one writer, and the models refuse there."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION factory_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Write another row that corrects this one.';
END $$
"""
TRIGGER = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON metering_instanceusage
    FOR EACH ROW EXECUTE FUNCTION factory_refuse_change()
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # params=None: without parameters a percent sign is only that.
        schema_editor.execute(FUNCTION, params=None)
        schema_editor.execute(TRIGGER)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER never_changed ON metering_instanceusage")
        schema_editor.execute("DROP FUNCTION factory_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
