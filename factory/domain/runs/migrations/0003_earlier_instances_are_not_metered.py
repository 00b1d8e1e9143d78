"""What ended before there was a meter costs nothing; what runs now is metered when it ends."""

from django.db import migrations


def leave_out(apps, schema_editor):
    apps.get_model("runs", "Instance").objects.filter(ended_at__isnull=False).update(metered=True)


class Migration(migrations.Migration):
    dependencies = [("runs", "0002_paid_until_and_metering")]
    operations = [migrations.RunPython(leave_out, migrations.RunPython.noop)]
