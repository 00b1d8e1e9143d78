"""From a viewer's offer at the door to the pictures it gets; only the agent between them is played."""

import asyncio
from typing import Any

import pytest

from components.gateways.whep_out.component import WhepOut
from components.gateways.whep_out.tests.live_feed import LiveFeed
from components.sdk.testing import Harness
from components.sdk.webrtc_testing import Viewer
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import Door, problem_of
from tests.factory.doors.signalling.fake_agent import Reply, fake_agent


@pytest.mark.slow
@pytest.mark.usefixtures("layer", "ready_run")
async def test_viewers_come_through_the_door_trickle_their_addresses_and_leave_by_it(whep: Door) -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=("video", "audio")) as harness, LiveFeed(harness).running():

        async def forward(request: dict[str, Any]) -> Reply:
            reply = await asyncio.to_thread(harness.request, request["kind"], request["body"])
            return reply.status, reply.body

        async with fake_agent(HOST, forward):
            offer = await viewer.offer()
            answer = await whep.offer(offer)
            assert answer.status_code == 201
            await viewer.accept(answer.content.decode())
            session = answer.headers["Location"].rpartition("/")[2]
            ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag:"))
            trickled = await whep.trickle(session, answer.headers["ETag"], f"{ufrag}\r\na=end-of-candidates\r\n")
            assert trickled.status_code == 204
            restart = await whep.trickle(session, "*", "a=ice-ufrag:other\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n")
            assert restart.status_code == 422
            assert "restart" in problem_of(restart)
            assert (await whep.trickle(session, answer.headers["ETag"], "hello")).status_code == 400
            async with asyncio.timeout(15):
                while len(viewer.units["video"]) < 3:  # noqa: ASYNC110 - a frame rings no bell
                    await asyncio.sleep(0.01)
            assert (await whep.delete(session)).status_code == 200
            assert (await whep.delete(session)).status_code == 404
            silent = Viewer(kinds=("audio",))
            assert (await whep.offer((await silent.offer()).replace("opus/48000", "other/48000"))).status_code == 406
    await viewer.close()
    await silent.close()
