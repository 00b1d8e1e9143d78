"""The bell of metering, rung on commit with `usage_id`: there is a row that nobody has charged."""

from django.db import transaction
from django.dispatch import Signal

usage_recorded = Signal()


def tell_on_commit(*, usage_id: int) -> None:
    """Ring once the row is kept; a listener that fails harms nothing, a sweep finds what it missed."""
    transaction.on_commit(lambda: _ring(usage_id))


def _ring(usage_id: int) -> None:
    usage_recorded.send_robust(sender=None, usage_id=usage_id)
