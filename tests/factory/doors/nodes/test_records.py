import datetime
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer

from components.contract.node_states import NodeState
from factory.domain.accounts.services import create_team
from factory.domain.pipelines.services import freeze_version, import_yaml
from factory.domain.runs import selectors, services
from factory.domain.runs.groups import agent_group
from factory.domain.runs.models import Run
from factory.doors.nodes.artifact_files import ArtifactFile
from factory.doors.nodes.records import DomainRecords
from factory.foundation import clock
from tests.factory.doors.nodes.instances import wait_until

EXAMPLE = Path(__file__).parents[4] / "examples" / "hello.yaml"


def ask_for_run(host: str = "here") -> str:
    now = clock.now()
    pipeline = import_yaml(team=create_team(slug="alice", name="Alice"), text=EXAMPLE.read_text(), now=now)
    version = freeze_version(pipeline=pipeline, now=now)
    deadline = now + datetime.timedelta(minutes=5)
    return services.request_run(version=version, now=now, deadline=deadline, host=host).pk


@pytest.mark.django_db
def test_the_agent_keeps_the_runs_of_its_host_paid_for() -> None:
    run, soon = ask_for_run(), clock.now() + datetime.timedelta(seconds=10)
    Run.objects.filter(pk=run).update(paid_until=soon)

    DomainRecords().keep_paid("elsewhere")
    assert DomainRecords().desired_run(run).paid_until == soon

    DomainRecords().keep_paid("here")
    renewed = DomainRecords().desired_run(run).paid_until
    assert renewed is not None
    assert renewed > soon


@pytest.mark.django_db
def test_the_agent_finds_its_own_runs_and_what_they_should_be() -> None:
    run = ask_for_run()
    records = DomainRecords()
    assert records.unfinished_runs("here") == [run]
    assert records.unfinished_runs("elsewhere") == []
    desired = records.desired_run(run)
    assert desired.nodes.keys() == {"camera", "caption", "file"}
    assert {wire.id for wire in desired.wires} == {
        "camera.video->caption.video",
        "caption.video->file.video",
        "camera.audio->file.audio",
    }


@pytest.mark.django_db
def test_what_a_node_says_is_in_the_snapshot() -> None:
    run = ask_for_run()
    refusal = {"revision": 2, "reason": "too long"}
    DomainRecords().report_node(run, "caption", 1, state=NodeState.DEGRADED, reason="dark", revision=1, refused=refusal)
    node = next(node for node in selectors.snapshot(run_id=run).nodes if node.name == "caption")
    assert (node.state, node.reason, node.observed_revision, node.refused) == (
        NodeState.DEGRADED,
        "dark",
        1,
        refusal,
    )


@pytest.mark.django_db
def test_a_file_is_noted_when_it_is_opened_and_when_it_is_stored(tmp_path: Path) -> None:
    run = ask_for_run()
    file = ArtifactFile(tmp_path, run, "file", 1, "1", "clip.mp4")
    records = DomainRecords()
    records.artifact_opened(file, "video/mp4")
    records.artifact_closed(file, 42, complete=True)
    (noted,) = selectors.snapshot(run_id=run).artifacts
    assert (noted.name, noted.media_type, noted.path) == ("clip.mp4", "video/mp4", str(tmp_path / "clip.mp4"))
    assert (noted.bytes, noted.complete) == (42, True)


@pytest.mark.django_db(transaction=True)
async def test_a_change_of_a_run_rings_at_the_agent_of_its_host() -> None:
    layer = get_channel_layer()
    assert isinstance(layer, InMemoryChannelLayer)
    channel = await layer.new_channel()
    await layer.group_add(agent_group(host="here"), channel)
    run = await sync_to_async(ask_for_run)()
    # The bell is rung from another thread, and a layer in memory wakes nobody across threads.
    await wait_until(lambda: channel in layer.channels and not layer.channels[channel].empty())
    assert await layer.receive(channel) == {"type": "run.changed", "run": run}
