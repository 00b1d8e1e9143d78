"""The bell that says: this pipeline is not as it was. Rung on commit, with `pipeline_id`; heard in receivers.py."""

from django.db import transaction
from django.dispatch import Signal

pipeline_changed = Signal()


def tell_on_commit(*, pipeline_id: int) -> None:
    """Ring once what changed is kept; a listener that fails harms neither the change nor the other listeners."""
    transaction.on_commit(lambda: _ring(pipeline_id))


def _ring(pipeline_id: int) -> None:
    pipeline_changed.send_robust(sender=None, pipeline_id=pipeline_id)
