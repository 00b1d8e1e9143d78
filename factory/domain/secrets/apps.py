"""Names the app `secrets` to Django."""

from django.apps import AppConfig


class SecretsConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.secrets"
    label = "secrets"
    default_auto_field = "django.db.models.BigAutoField"
