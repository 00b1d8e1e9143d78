"""Names the app `catalogue` to Django."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
