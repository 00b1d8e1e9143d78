"""What happens by itself, how often, what the tasks are called and where they queue."""

from typing import Any

QUEUE = "reconcile"
RECONCILE_RUN = "factory.doors.background.tasks.reconcile_run"
SWEEP = "factory.doors.background.tasks.sweep"

ROUTES = {RECONCILE_RUN: {"queue": QUEUE}, SWEEP: {"queue": QUEUE}}

SWEEP_SECONDS = 5.0
BELL_SECONDS = 30
"""A bell this old is no news: sweeps have looked since."""

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {
        "task": SWEEP,
        "schedule": SWEEP_SECONDS,
        # One that nobody took in time is of no use: the next is already there.
        "options": {"queue": QUEUE, "expires": SWEEP_SECONDS},
    }
}
