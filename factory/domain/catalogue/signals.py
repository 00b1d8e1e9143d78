"""The bell that says: an upload waits for a worker. Rung on commit, with `installation_id`; heard in receivers.py."""

from django.db import transaction
from django.dispatch import Signal

installation_waiting = Signal()


def tell_on_commit(*, installation_id: str) -> None:
    """Ring once it is kept that all of the upload is here."""
    transaction.on_commit(lambda: _ring(installation_id))


def _ring(installation_id: str) -> None:
    installation_waiting.send_robust(sender=None, installation_id=installation_id)
