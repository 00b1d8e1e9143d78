"""Names on the channel layer: who hears what of a host, of a run, of a pipeline."""

import re

_UNSAFE_IN_GROUP = re.compile(r"[^a-zA-Z0-9._-]")
_GROUP_CHARACTERS = 99


def agent_group(*, host: str) -> str:
    """On which the agent of a host hears its doorbells."""
    return f"agent.{_UNSAFE_IN_GROUP.sub('-', host)}"[:_GROUP_CHARACTERS]


def run_group(*, run_id: str) -> str:
    """On which the agent tells a run's status."""
    return f"run.{run_id}"


def pipeline_group(*, pipeline_id: int) -> str:
    """On which everyone hears that something of a pipeline, or of a run of it, has changed."""
    return f"pipeline.{pipeline_id}"
