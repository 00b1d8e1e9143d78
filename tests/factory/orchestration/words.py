"""What nodes say, and when, in tests of the reconciler."""

import datetime
import time
from typing import Any

from components.contract.node_states import NodeState
from factory.domain.runs.models import Run
from factory.domain.runs.services import record_node_report
from factory.drivers.driver import EngineState
from tests.factory.hello import NODES
from tests.fakes.fake_driver import FakeDriver


def say(
    run: Run,
    node: str,
    state: NodeState,
    now: datetime.datetime,
    *,
    attempt: int = 1,
    reason: str = "",
    observed: int = 1,
    refused: dict[str, Any] | None = None,
) -> None:
    record_node_report(
        run_id=run.pk,
        node=node,
        attempt=attempt,
        state=state,
        reason=reason,
        observed_revision=observed,
        refused=refused,
        now=now,
    )


def say_all_ready(run: Run, now: datetime.datetime) -> None:
    for node in NODES:
        say(run, node, NodeState.READY, now)


def later(now: datetime.datetime, seconds: float) -> datetime.datetime:
    return now + datetime.timedelta(seconds=seconds)


def wait_for_end(world: FakeDriver, name: str) -> None:
    for _ in range(1000):
        if world.inspect(name).state is EngineState.EXITED:
            return
        time.sleep(0.01)
    raise AssertionError(f"{name} has not ended")
