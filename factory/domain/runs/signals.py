"""The bells of runs, rung on commit with `run_id`; heard in files called receivers.py.

`run_changed` says: look at this run, something may have to be done. `run_shown` says: what people see of it is other.
`instance_ended`, with `instance_id`, says: the engine's times of this instance will not change any more.
"""

from django.db import transaction
from django.dispatch import Signal

from factory.foundation.faults import fault_point

run_changed = Signal()
run_shown = Signal()
instance_ended = Signal()


def tell_on_commit(*, run_id: str) -> None:
    """Ring once what changed is kept; a listener that fails harms neither the change nor the other listeners."""
    transaction.on_commit(lambda: _ring(run_changed, run_id))


def show_on_commit(*, run_id: str) -> None:
    """Ring for those who look on alone: nothing has to be done."""
    transaction.on_commit(lambda: _ring(run_shown, run_id))


def tell_of_end_on_commit(*, instance_id: int) -> None:
    """Ring once an end that is certain is kept."""
    transaction.on_commit(lambda: _ring_end(instance_id))


def _ring_end(instance_id: int) -> None:
    fault_point("after_end")
    instance_ended.send_robust(sender=None, instance_id=instance_id)


def _ring(bell: Signal, run_id: str) -> None:
    bell.send_robust(sender=None, run_id=run_id)
