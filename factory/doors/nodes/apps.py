"""Tells Django of this door, and lets it hear."""

from importlib import import_module

from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "factory.doors.nodes"
    label = "doors_nodes"

    def ready(self) -> None:
        import_module("factory.doors.nodes.receivers")
