import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from components.contract.media_types import Format, MediaType
from factory.domain.runs.models import Run
from factory.domain.runs.services import RunUnknown, change_parameters, request_stop
from factory.drivers.driver import Network
from factory.orchestration.desired_world import MIB, desired_run, socket_directory

pytestmark = pytest.mark.django_db

RequestRun = Callable[..., Run]


def test_nodes_are_what_their_manifests_ask_for(request_hello: RequestRun) -> None:
    camera = desired_run(run_id=request_hello().pk).nodes["camera"]

    assert (camera.component, camera.version, camera.kind) == ("test_source", "1.0.0", "gateway")
    assert camera.image == "media-pipeline-factory/test_source:1.0.0"
    assert camera.folder is not None
    assert (camera.folder / "component.yaml").is_file()
    assert camera.network is Network.NONE
    assert camera.limits.memory_bytes >= 16 * MIB
    assert (camera.attempt, camera.revision, camera.wanted, camera.endpoint) == (0, 1, True, None)


def test_parameters_are_those_given_and_defaults_for_the_rest(request_hello: RequestRun) -> None:
    parameters = desired_run(run_id=request_hello().pk).nodes["camera"].parameters

    assert (parameters["width"], parameters["height"]) == (640, 360)
    assert parameters["frame_rate"] > 0


def test_every_port_says_its_formats_and_how_many_wires_it_has(request_hello: RequestRun) -> None:
    nodes = desired_run(run_id=request_hello().pk).nodes

    assert nodes["caption"].ports == {
        "inputs": {"video": {"type": "video", "formats": ["i420"], "wires": 1}},
        "outputs": {"video": {"type": "video", "formats": ["i420"], "wires": 1}},
    }
    assert set(nodes["file"].ports["inputs"]) == {"video", "audio"}


def test_wires_carry_the_formats_planned_for_them(request_hello: RequestRun) -> None:
    wires = {wire.id: wire for wire in desired_run(run_id=request_hello().pk).wires}

    raw = wires["camera.video->caption.video"]
    encoded = wires["caption.video->file.video"]
    assert (raw.media_type, raw.formats) == (MediaType.VIDEO, (Format.I420,))
    assert (encoded.formats, encoded.join) == ((Format.H264,), "cache")
    assert wires["camera.audio->file.audio"].formats == (Format.OPUS,)


def test_a_live_change_shows_as_a_new_revision(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    desired_run(run_id=run.pk)

    change_parameters(run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=now)

    caption = desired_run(run_id=run.pk).nodes["caption"]
    assert (caption.revision, caption.parameters["text"]) == (2, "Bye")


def test_nothing_is_wanted_once_it_was_asked_to_stop(request_hello: RequestRun, now: datetime.datetime) -> None:
    run = request_hello()
    request_stop(run_id=run.pk, now=now)

    desired = desired_run(run_id=run.pk)

    assert not desired.wanted
    assert not any(node.wanted for node in desired.nodes.values())


def test_a_version_seen_before_costs_three_queries(request_hello: RequestRun) -> None:
    run = request_hello()
    desired_run(run_id=run.pk)

    with CaptureQueriesContext(connection) as queries:
        desired_run(run_id=run.pk)

    assert len(queries) == 3


def test_an_unknown_run_is_refused() -> None:
    with pytest.raises(RunUnknown):
        desired_run(run_id="nobody")


def test_an_instance_has_a_socket_directory_of_its_name(settings: Settings, tmp_path: Path) -> None:
    settings.FACTORY_SOCKETS = tmp_path

    assert socket_directory("pf-abc-camera-1") == tmp_path / "pf-abc-camera-1"
