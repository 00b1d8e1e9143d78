"""Hears that a run has changed and rings at the agent of its host."""

import logging
from typing import Any

from channels.layers import get_channel_layer
from django.dispatch import receiver

from factory.domain.runs import selectors
from factory.domain.runs.endpoints import agent_group
from factory.domain.runs.signals import run_changed
from factory.doors.nodes.bell_ringer import BellRinger

logger = logging.getLogger(__name__)
_ringer = BellRinger()


@receiver(run_changed)
def ring_at_agent(sender: Any, *, run_id: str, **_more: Any) -> None:
    """Never waits and never fails: a bell that nobody hears is made good by the agent's sweep."""
    layer = get_channel_layer()
    host = selectors.host_of(run_id=run_id)
    if layer is not None and host:
        _ringer.ring(layer, agent_group(host=host), {"type": "run.changed", "run": run_id})
