"""A version of three real components, for tests that need something to run."""

import datetime

from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.services import freeze_version, import_yaml

HELLO = """
api_version: 1
name: hello
nodes:
  camera: {component: test_source@1.0.0, parameters: {width: 640, height: 360}}
  caption: {component: overlay@1.0.0, parameters: {text: Hello}}
  file: {component: recorder@1.0.0}
wires:
  - camera.video -> caption.video
  - caption.video -> file.video
  - camera.audio -> file.audio
"""
NODES = ("camera", "caption", "file")


def hello_version(now: datetime.datetime, text: str = HELLO) -> Version:
    """A frozen version of this pipeline, owned by alice's team."""
    team, _ = Team.objects.get_or_create(slug="alice", defaults={"name": "Alice"})
    return freeze_version(pipeline=import_yaml(team=team, text=text, now=now), now=now)
