"""Names the app `billing` to Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
