"""Tells Django of this door, and has it listen."""

from importlib import import_module

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "factory.doors.pages"
    label = "doors_pages"

    def ready(self) -> None:
        # What it calls has models, which are there only now.
        import_module("factory.doors.pages.receivers").listen()
        import_module("factory.doors.pages.account_pages.receivers").listen()
