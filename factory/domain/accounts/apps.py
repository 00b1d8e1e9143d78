"""Names the app `accounts` to Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
