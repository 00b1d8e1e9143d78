"""Tells Django of this door's commands."""

from django.apps import AppConfig


class TerminalConfig(AppConfig):
    name = "factory.doors.terminal"
    label = "doors_terminal"
