"""Tells Django of this room."""

from django.apps import AppConfig


class AnswersConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.answers"
    label = "answers"
    default_auto_field = "django.db.models.BigAutoField"
