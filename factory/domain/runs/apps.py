"""Tells Django of this room."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.runs"
