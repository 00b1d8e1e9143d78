"""From a publisher's offer at the door to its pictures behind the gateway; only the agent between them is played."""

import asyncio
from typing import Any

import pytest
from django.test import AsyncClient

from components.gateways.whip_in.component import WhipIn
from components.sdk.testing import Harness
from components.sdk.webrtc_testing import Publisher
from factory.domain.runs.endpoints import endpoint_of, token_of
from factory.domain.runs.models import Run
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.fake_agent import Reply, fake_agent


@pytest.mark.usefixtures("layer")
async def test_a_publisher_comes_through_the_door_and_leaves_by_it(ready_run: Run) -> None:
    endpoint = endpoint_of(run_id=ready_run.id, node="camera")
    headers = {"authorization": f"Bearer {token_of(endpoint=endpoint)}"}
    client, publisher = AsyncClient(), Publisher()
    with Harness(WhipIn) as harness:

        async def forward(request: dict[str, Any]) -> Reply:
            reply = await asyncio.to_thread(harness.request, request["kind"], request["body"])
            return reply.status, reply.body

        async with fake_agent(HOST, forward):
            offer = await publisher.offer()
            answer = await client.post(f"/whip/{endpoint}", data=offer, content_type="application/sdp", headers=headers)
            assert answer.status_code == 201
            await publisher.accept(answer.content.decode())
            async with asyncio.timeout(15):
                while len(harness.collected["video"]) < 5:  # noqa: ASYNC110 - a frame rings no bell
                    await asyncio.sleep(0.01)
            session = answer.headers["Location"]
            refused = await client.post(
                f"/whip/{endpoint}", data=offer, content_type="application/sdp", headers=headers
            )
            assert refused.status_code == 409
            assert (await client.delete(session, headers=headers)).status_code == 200
            assert (await client.delete(session, headers=headers)).status_code == 404
            async with asyncio.timeout(15):
                while publisher.connection.connectionState != "closed":  # noqa: ASYNC110 - nor does this
                    await asyncio.sleep(0.01)
    await publisher.close()
