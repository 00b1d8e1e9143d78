"""Tells Django of this door."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "factory.doors.monitoring"
    label = "doors_monitoring"
