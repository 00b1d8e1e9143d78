"""The control plane. Loads the Celery app, since whoever rings a bell needs to know its broker."""

from factory.celery import app as celery_app

__all__ = ["celery_app"]
