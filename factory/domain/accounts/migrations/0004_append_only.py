"""PostgreSQL itself refuses to change or delete what the audit log says."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION factory_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(REFUSE)
    schema_editor.execute(
        "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON accounts_auditevent "
        "FOR EACH ROW EXECUTE FUNCTION factory_refuse_audit_change()"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP TRIGGER never_changed ON accounts_auditevent")
    schema_editor.execute("DROP FUNCTION factory_refuse_audit_change()")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_teams_and_audit")]

    operations = [migrations.RunPython(guard, unguard)]
