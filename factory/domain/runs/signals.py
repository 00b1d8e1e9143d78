"""The bell that says: look at this run. Rung on commit, with `run_id`; heard in files called receivers.py."""

from django.db import transaction
from django.dispatch import Signal

run_changed = Signal()


def tell_on_commit(*, run_id: str) -> None:
    """Ring once what changed is kept; a listener that fails harms neither the change nor the other listeners."""
    transaction.on_commit(lambda: _ring(run_id))


def _ring(run_id: str) -> None:
    run_changed.send_robust(sender=None, run_id=run_id)
