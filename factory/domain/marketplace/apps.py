"""Names the app `marketplace` to Django."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.marketplace"
    label = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"
