"""Where an endpoint leads: to the newest unfinished run of its pipeline, or to a reason."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from components.contract.node_states import NodeState
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.runs.models import Run, RunNode
from factory.domain.runs.services import request_stop
from factory.domain.runs.states import RunState
from factory.foundation import clock
from tests.factory.doors.signalling.conftest import HOST, WEBCAM, make_ready
from tests.factory.doors.signalling.door import Door, door_of, problem_of
from tests.factory.doors.signalling.fake_agent import ANSWERED, always, fake_agent
from tests.factory.hello import hello_version

pytestmark = pytest.mark.usefixtures("layer")


async def _refusal(door: Door, status: int) -> tuple[str, Any]:
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        response = await door.offer()
    assert response.status_code == status
    assert agent.heard == []
    return problem_of(response), response.headers.get("Retry-After")


@sync_to_async
def _finish(run: Run) -> None:
    request_stop(run_id=run.id, now=clock.now())
    run.refresh_from_db()
    for state in (RunState.STOPPING, RunState.STOPPED):
        if run.run_state is not state:
            run.move_to(state, now=clock.now())


@sync_to_async
def _set_node(run: Run, name: str, **changes: Any) -> None:
    assert RunNode.objects.filter(run=run, name=name).update(**changes) == 1


async def test_a_pipeline_that_does_not_run_is_503_and_says_what_to_do(door: Door) -> None:
    title, retry = await _refusal(door, 503)
    assert title == "The pipeline webcam is not running; start it and try again"
    assert int(retry) > 0


async def test_one_endpoint_serves_run_after_run_of_version_after_version(door: Door, version: Version) -> None:
    for text in (WEBCAM, WEBCAM, WEBCAM.replace("camera.audio -> file.audio", "camera.audio -> file.audio ")):
        current = await sync_to_async(hello_version)(clock.now(), text)
        run = await sync_to_async(make_ready)(current)
        async with fake_agent(HOST, always(ANSWERED)) as agent:
            assert (await door.offer()).status_code == 201
        assert [heard["run"] for heard in agent.heard] == [run.id]
        await _finish(run)
        assert "not running" in (await _refusal(door, 503))[0]


async def test_of_two_unfinished_runs_the_newer_one_is_meant_on_whatever_host(door: Door, version: Version) -> None:
    await sync_to_async(make_ready)(version, host="elsewhere")
    newer = await sync_to_async(make_ready)(version)
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        assert (await door.offer()).status_code == 201
    assert agent.heard[0]["run"] == newer.id


async def test_a_run_that_stops_takes_nothing_new(door: Door, ready_run: Run) -> None:
    await sync_to_async(request_stop)(run_id=ready_run.id, now=clock.now())
    title, retry = await _refusal(door, 503)
    assert title == "The pipeline webcam is stopping; start it again once it has stopped"
    assert int(retry) > 0


async def test_a_gateway_that_starts_is_503_for_a_second(door: Door, ready_run: Run) -> None:
    await _set_node(ready_run, door.node, state=NodeState.STARTING, reason="loading")
    title, retry = await _refusal(door, 503)
    assert "is starting: loading" in title
    assert retry == "1"


@pytest.mark.parametrize("state", [NodeState.DRAINING, NodeState.FAILED])
async def test_a_gateway_that_cannot_is_503_and_says_why(state: NodeState, door: Door, ready_run: Run) -> None:
    await _set_node(ready_run, door.node, state=state, reason="no port is free")
    title, retry = await _refusal(door, 503)
    assert f"it is {state}: no port is free" in title
    assert int(retry) > 0


async def test_a_degraded_gateway_takes_media(door: Door, ready_run: Run) -> None:
    await _set_node(ready_run, door.node, state=NodeState.DEGRADED)
    async with fake_agent(HOST, always(ANSWERED)):
        assert (await door.offer()).status_code == 201


async def test_a_node_that_the_running_version_does_not_have_is_409(door: Door, ready_run: Run) -> None:
    await sync_to_async(RunNode.objects.filter(run=ready_run, name=door.node).delete)()
    title, retry = await _refusal(door, 409)
    assert f"has no {door.kind.upper()} gateway {door.node}; stop it and start its newest version" in title
    assert retry is None


async def test_a_node_that_is_something_else_in_the_running_version_is_409(door: Door, ready_run: Run) -> None:
    await _set_node(ready_run, door.node, component="recorder@1.0.0")
    assert "no" in (await _refusal(door, 409))[0]


async def test_an_unknown_endpoint_is_404_even_with_its_token(door: Door, ready_run: Run) -> None:
    title, _retry = await _refusal(Door(door.kind, "nobodyknows", ""), 404)
    assert title == f"There is no such {door.kind.upper()} endpoint"


async def test_an_endpoint_of_the_other_kind_is_404(whip: Door, whep: Door, ready_run: Run) -> None:
    assert (await _refusal(Door("whip", whep.endpoint, ""), 404))[0] == "There is no such WHIP endpoint"
    assert (await _refusal(Door("whep", whip.endpoint, ""), 404))[0] == "There is no such WHEP endpoint"


async def test_an_archived_pipeline_has_no_endpoint(door: Door, ready_run: Run) -> None:
    await sync_to_async(Pipeline.objects.update)(archived_at=clock.now())
    await _refusal(door, 404)


async def test_a_session_of_a_run_that_is_over_is_404(door: Door, ready_run: Run) -> None:
    await _finish(ready_run)
    response = await door.delete("abc")
    assert response.status_code == 404
    assert problem_of(response) == "There is no such session: the pipeline webcam is not running"


async def test_a_session_can_be_ended_while_its_run_stops(door: Door, ready_run: Run) -> None:
    await sync_to_async(request_stop)(run_id=ready_run.id, now=clock.now())
    async with fake_agent(HOST, always((200, {}))):
        assert (await door.delete("abc")).status_code == 200


async def test_a_renamed_node_gets_an_endpoint_of_its_own_and_its_return_the_old_one(
    whip: Door, version: Version
) -> None:
    renamed = await sync_to_async(hello_version)(clock.now(), WEBCAM.replace("camera", "studio"))
    await sync_to_async(make_ready)(renamed)
    assert "no WHIP gateway camera" in (await _refusal(whip, 409))[0]
    back = await sync_to_async(hello_version)(clock.now(), WEBCAM)
    await sync_to_async(make_ready)(back)
    async with fake_agent(HOST, always(ANSWERED)):
        assert (await whip.offer()).status_code == 201
    assert (await sync_to_async(door_of)(back, "whep")).endpoint != whip.endpoint
