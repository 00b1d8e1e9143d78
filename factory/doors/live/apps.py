"""Tells Django of this door, and lets it hear."""

from importlib import import_module

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "factory.doors.live"
    label = "doors_live"

    def ready(self) -> None:
        import_module("factory.doors.live.receivers")
