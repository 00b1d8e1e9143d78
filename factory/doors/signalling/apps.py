"""Tells Django of this door."""

from django.apps import AppConfig


class SignallingConfig(AppConfig):
    name = "factory.doors.signalling"
