"""An e-mail address becomes one person's: of several with the same, the oldest account keeps it."""

import django.db.models.functions.text
from django.db import migrations, models


def part(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    taken = set()
    for user in User.objects.exclude(email="").order_by("pk").only("pk", "email").iterator():
        address = user.email.lower()
        if address in taken:
            User.objects.filter(pk=user.pk).update(email="")
        taken.add(address)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(part, migrations.RunPython.noop, elidable=True)]
