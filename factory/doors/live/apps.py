"""Tells Django of this door."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "factory.doors.live"
    label = "doors_live"
