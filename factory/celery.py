"""Where the worker and beat come in."""

import os

from celery import Celery

from factory.doors.background.schedule import BEAT_SCHEDULE, ROUTES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factory.settings")

app = Celery("factory")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.conf.task_routes = ROUTES
app.autodiscover_tasks(["factory.doors.background"])
