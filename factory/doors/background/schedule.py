"""What happens by itself, how often, what the tasks are called and where they queue."""

from typing import Any

QUEUE = "reconcile"
RECONCILE_RUN = "factory.doors.background.tasks.reconcile_run"
SWEEP = "factory.doors.background.tasks.sweep"
SETTLE = "factory.doors.background.tasks.settle"
INSTALL = "factory.doors.background.tasks.install_component"
SWEEP_INSTALLATIONS = "factory.doors.background.tasks.sweep_installations"
FORGET = "factory.doors.background.tasks.forget"

ROUTES = {task: {"queue": QUEUE} for task in (RECONCILE_RUN, SWEEP, SETTLE, INSTALL, SWEEP_INSTALLATIONS, FORGET)}

SWEEP_SECONDS = 5.0
SETTLE_SECONDS = 10.0
FORGET_SECONDS = 600.0
INSTALLATIONS_SECONDS = 10.0
BELL_SECONDS = 30
"""A bell this old is no news: sweeps have looked since."""

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {
        "task": SWEEP,
        "schedule": SWEEP_SECONDS,
        # One that nobody took in time is of no use: the next is already there.
        "options": {"queue": QUEUE, "expires": SWEEP_SECONDS},
    },
    "settle": {
        "task": SETTLE,
        "schedule": SETTLE_SECONDS,
        "options": {"queue": QUEUE, "expires": SETTLE_SECONDS},
    },
    "installations": {
        "task": SWEEP_INSTALLATIONS,
        "schedule": INSTALLATIONS_SECONDS,
        "options": {"queue": QUEUE, "expires": INSTALLATIONS_SECONDS},
    },
    "forget": {
        "task": FORGET,
        "schedule": FORGET_SECONDS,
        "options": {"queue": QUEUE, "expires": FORGET_SECONDS},
    },
}
