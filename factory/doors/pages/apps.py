"""Tells Django of this door."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "factory.doors.pages"
    label = "doors_pages"
