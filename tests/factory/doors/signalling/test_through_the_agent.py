"""From the door over the channel layer through the real agent to an instance's control socket, and back."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from channels.layers import get_channel_layer
from pytest_django import Settings

from components.contract.messages import CONTROL_SOCKET, Configure, Reply, Request
from factory.domain.runs.models import Run
from factory.doors.nodes.host_agent import HostAgent
from factory.doors.nodes.records import DomainRecords
from factory.orchestration.agent_link import AgentLink, Answer
from factory.orchestration.kept_logs import keep_log
from tests.factory.doors.nodes.instances import Instance, wait_until
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import OFFER, Door, problem_of
from tests.fakes.fake_driver import FakeDriver

pytestmark = [pytest.mark.usefixtures("layer"), pytest.mark.slow]


@contextlib.asynccontextmanager
async def _agent(sockets: Path) -> AsyncIterator[None]:
    layer = get_channel_layer()
    assert layer is not None
    agent = HostAgent(
        host=HOST,
        sockets=sockets,
        output=sockets / "out",
        driver=FakeDriver("test"),
        layer=layer,
        records=DomainRecords(),
    )
    stop = asyncio.Event()
    work = asyncio.create_task(agent.run(stop))
    try:
        async with asyncio.timeout(20):
            while (await _ask_log("nobody", "camera", seconds=0.2)).status == 503:
                continue
        yield
    finally:
        stop.set()
        await work


async def _gateway(sockets: Path, run: Run, node: str) -> Instance:
    path = sockets / f"pf-{run.id}-{node}-1" / CONTROL_SOCKET
    await wait_until(path.exists)
    instance = await Instance.dial(path)
    instance.hello(state="ready")
    await instance.expect(Configure)
    return instance


async def test_an_offer_and_the_end_of_its_session_reach_the_gateway(door: Door, ready_run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        async with _agent(Path(folder)):
            gateway = await _gateway(Path(folder), ready_run, door.node)
            posting = asyncio.create_task(door.offer())
            request = (await gateway.expect(Request))[0]
            assert (request.kind, request.body) == (f"{door.kind}-offer", {"sdp": OFFER})
            gateway.say(Reply(request.id, 201, {"sdp": "answer", "session": "s1"}))
            assert (await posting).headers["Location"] == f"{door.address}/s1"
            deleting = asyncio.create_task(door.delete("s1"))
            request = (await gateway.expect(Request))[0]
            gateway.say(Reply(request.id, 200, {}))
            assert (await deleting).status_code == 200
            gateway.die()


async def test_an_offer_that_fits_into_no_message_is_413_at_once(door: Door, ready_run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        async with _agent(Path(folder)):
            gateway = await _gateway(Path(folder), ready_run, door.node)
            response = await door.offer("\r\n" * 32 * 1024)
            assert response.status_code == 413
            assert "shorten" in problem_of(response)
            gateway.die()


async def test_a_log_is_answered_by_the_agent_itself(ready_run: Run, settings: Settings, tmp_path: Path) -> None:
    settings.FACTORY_STATE = tmp_path
    keep_log(FakeDriver("test"), f"pf-{ready_run.id}-camera-3")
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        async with _agent(Path(folder)):
            answer = await _ask_log(ready_run.id, "camera")
            assert answer.status == 200
            assert answer.body == {"attempt": 3, "text": "", "truncated": False, "live": False}
            answer = await _ask_log(ready_run.id, "file")
            assert answer.status == 404
            assert "no log of file" in answer.reason


async def _ask_log(run_id: str, node: str, *, seconds: float = 10.0) -> Answer:
    link = AgentLink(deadline_seconds=seconds)
    return await link.ask(host=HOST, run_id=run_id, node=node, kind="node-log", body={"attempt": 0, "tail": 100})
