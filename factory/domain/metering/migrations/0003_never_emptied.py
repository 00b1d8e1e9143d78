"""PostgreSQL itself refuses to empty the table of usage."""

from django.db import migrations


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON metering_instanceusage "
            "FOR EACH STATEMENT EXECUTE FUNCTION factory_refuse_emptying()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER never_emptied ON metering_instanceusage")


class Migration(migrations.Migration):
    dependencies = [("metering", "0002_append_only"), ("accounts", "0005_never_emptied")]
    operations = [migrations.RunPython(guard, unguard)]
