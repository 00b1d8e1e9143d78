"""From a publisher's offer at the door to its pictures behind the gateway; only the agent between them is played."""

import asyncio
from typing import Any

import pytest

from components.gateways.whip_in.component import WhipIn
from components.sdk.testing import Harness
from components.sdk.webrtc_testing import Publisher
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import Door
from tests.factory.doors.signalling.fake_agent import Reply, fake_agent


@pytest.mark.usefixtures("layer", "ready_run")
async def test_a_publisher_comes_through_the_door_and_leaves_by_it(whip: Door) -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:

        async def forward(request: dict[str, Any]) -> Reply:
            reply = await asyncio.to_thread(harness.request, request["kind"], request["body"])
            return reply.status, reply.body

        async with fake_agent(HOST, forward):
            offer = await publisher.offer()
            answer = await whip.offer(offer)
            assert answer.status_code == 201
            await publisher.accept(answer.content.decode())
            async with asyncio.timeout(15):
                while len(harness.collected["video"]) < 5:  # noqa: ASYNC110 - a frame rings no bell
                    await asyncio.sleep(0.01)
            session = answer.headers["Location"].rpartition("/")[2]
            assert (await whip.offer(offer)).status_code == 409
            assert (await whip.delete(session)).status_code == 200
            assert (await whip.delete(session)).status_code == 404
            async with asyncio.timeout(15):
                while publisher.connection.connectionState != "closed":  # noqa: ASYNC110 - nor does this
                    await asyncio.sleep(0.01)
    await publisher.close()
