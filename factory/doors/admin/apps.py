"""Tells Django of this door; its templates stand in for those of the library's."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "factory.doors.admin"
    # The library's own app is called admin.
    label = "operators"
