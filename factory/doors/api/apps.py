"""Tells Django of this door."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "factory.doors.api"
    label = "doors_api"
