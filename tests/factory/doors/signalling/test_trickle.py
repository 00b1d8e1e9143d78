"""PATCH of a session, and each MUST of RFC 9725, 4.3, that concerns the door.

4.3.1  another content type is 415: test_another_content_type_is_415
       what the session does not support is 422: test_what_the_gateway_refuses_is_told
       conditional requests, 428 and 412: test_a_fragment_without_the_tag_is_428_and_with_another_412
       the tag comes with the answer: test_the_answer_has_the_tag_that_its_fragments_need
       the end of a session asks for no tag: test_delete_ends_the_session (test_exchange.py)
4.3.2  204, no body, no ETag: test_a_fragment_goes_to_the_gateway_and_is_answered_with_204
"""

import pytest

from factory.domain.runs.models import Run
from factory.doors.signalling.reading import entity_tag
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import FRAGMENT, SDP_FRAGMENT, Door, problem_of
from tests.factory.doors.signalling.fake_agent import ANSWERED, always, fake_agent

SESSION = "Secret_session-1"
TAG = entity_tag(SESSION)

pytestmark = pytest.mark.usefixtures("layer", "ready_run")


async def test_the_answer_has_the_tag_that_its_fragments_need(door: Door) -> None:
    async with fake_agent(HOST, always(ANSWERED)):
        tag = (await door.offer()).headers["ETag"]
    async with fake_agent(HOST, always((204, {}))):
        assert (await door.trickle(SESSION, tag)).status_code == 204
    assert tag.startswith('"')
    assert SESSION not in tag
    assert tag != entity_tag("Secret_session-2")


async def test_a_fragment_goes_to_the_gateway_and_is_answered_with_204(door: Door, ready_run: Run) -> None:
    async with fake_agent(HOST, always((204, {}))) as agent:
        response = await door.trickle(SESSION, TAG)
    assert (response.status_code, response.content) == (204, b"")
    assert "ETag" not in response.headers
    [heard] = agent.heard
    assert heard["kind"] == f"{door.kind}-trickle"
    assert heard["body"] == {"session": SESSION, "fragment": FRAGMENT}
    assert (heard["run"], heard["node"]) == (ready_run.id, door.node)


async def test_a_fragment_without_the_tag_is_428_and_with_another_412(door: Door) -> None:
    async with fake_agent(HOST, always((204, {}))) as agent:
        assert (await door.trickle(SESSION, None)).status_code == 428
        assert (await door.trickle(SESSION, '"another"')).status_code == 412
        assert (await door.trickle(SESSION, f"W/{TAG}")).status_code == 412, "strong comparison"
        assert agent.heard == []
        assert (await door.trickle(SESSION, f'"another", {TAG}')).status_code == 204


@pytest.mark.parametrize("given", [400, 404, 413, 422])
async def test_what_the_gateway_refuses_is_told(given: int, door: Door) -> None:
    async with fake_agent(HOST, always((given, {"title": "An ICE restart is not supported"}))):
        response = await door.trickle(SESSION, "*")
    assert response.status_code == given
    assert problem_of(response) == "An ICE restart is not supported"


async def test_another_content_type_is_415(door: Door) -> None:
    response = await door.trickle(SESSION, TAG, content_type="application/sdp")
    assert response.status_code == 415
    assert response.headers["Accept-Patch"] == SDP_FRAGMENT


async def test_a_fragment_above_the_bound_is_413_and_one_that_is_no_text_400(door: Door) -> None:
    assert (await door.trickle(SESSION, TAG, "a" * (16 * 1024 + 1))).status_code == 413
    assert (await door.trickle(SESSION, TAG, b"\xff\xfe")).status_code == 400
