"""Hears that a run has changed and rings at the agent of its host."""

from typing import Any

from django.dispatch import receiver

from factory.domain.runs import selectors
from factory.domain.runs.groups import agent_group
from factory.domain.runs.signals import run_changed
from factory.orchestration.bell_ringer import ring_group


@receiver(run_changed)
def ring_at_agent(sender: Any, *, run_id: str, **_more: Any) -> None:
    """Never waits and never fails: a bell that nobody hears is made good by the agent's sweep."""
    if host := selectors.host_of(run_id=run_id):
        ring_group(agent_group(host=host), {"type": "run.changed", "run": run_id})
