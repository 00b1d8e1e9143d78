"""Names the app `metering` to Django."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.metering"
    label = "metering"
    default_auto_field = "django.db.models.BigAutoField"
