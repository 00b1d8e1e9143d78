"""Tells Django of this door, and has it listen."""

from django.apps import AppConfig

from factory.doors.background import receivers


class BackgroundConfig(AppConfig):
    name = "factory.doors.background"

    def ready(self) -> None:
        receivers.listen()
