"""Hears that an instance has ended, and measures it; what is not heard a sweep finds."""

from typing import Any

from factory.domain.metering.services import record_usage
from factory.domain.runs.signals import instance_ended
from factory.foundation import clock


def listen() -> None:
    """Hear of instances that ended."""
    instance_ended.connect(measure_instance, dispatch_uid="factory.domain.metering.measure_instance")


def measure_instance(*, instance_id: int, **_newer: Any) -> None:
    """Write down what it used."""
    record_usage(instance_id=instance_id, now=clock.now())
