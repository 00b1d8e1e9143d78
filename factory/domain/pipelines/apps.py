"""Names the app `pipelines` to Django."""

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.pipelines"
    label = "pipelines"
    default_auto_field = "django.db.models.BigAutoField"
