"""A team with a pipeline, one person of each kind, and a run with a file."""

import datetime
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from components.sdk.testing_wires import wait_until
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.runs.models import Artifact, Run
from factory.orchestration.admission import start_pipeline
from tests.factory.doors.api.browsers import sign_in
from tests.factory.hello import HELLO

CONTENT = b"0123456789" * 100


@pytest.fixture
def port() -> Iterator[int]:
    """A daphne of this test's own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        chosen: int = free.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(chosen), "-v", "0"]
    with subprocess.Popen([*command, "tests.factory.doors.api.flood:application"]) as server:
        wait_until(lambda: answers(chosen), "daphne answers", seconds=30)
        yield chosen
        server.terminate()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def pipeline(team: Team, alice: User, now: datetime.datetime) -> Pipeline:
    return create_from_text(team=team, text=HELLO, now=now, by=alice)


@pytest.fixture
def run(pipeline: Pipeline, now: datetime.datetime) -> Run:
    return start_pipeline(pipeline=pipeline, now=now, host="studio-host")


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    settings.FACTORY_OUTPUT = folder
    return folder


@pytest.fixture
def artifact(run: Run, store: Path, now: datetime.datetime) -> Artifact:
    path = store / run.pk / "file" / "hello.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return Artifact.objects.create(
        run=run,
        node="file",
        attempt=1,
        name="hello.mp4",
        media_type="video/mp4",
        path=str(path),
        bytes=len(CONTENT),
        complete=True,
        opened_at=now,
        closed_at=now,
    )


@pytest.fixture
def stranger(db: None) -> Client:
    charlie = User.objects.create_user("charlie", email="charlie@example.net")
    create_team(slug="elsewhere", name="Elsewhere", owner=charlie)
    return sign_in(charlie)


@pytest.fixture
def viewer(team: Team) -> Client:
    return member(team, Role.VIEWER)


@pytest.fixture
def operator(team: Team) -> Client:
    return member(team, Role.OPERATOR)


@pytest.fixture
def developer(team: Team) -> Client:
    return member(team, Role.DEVELOPER)


@pytest.fixture
def billing(team: Team) -> Client:
    return member(team, Role.BILLING)


def member(team: Team, role: Role) -> Client:
    bob = User.objects.create_user(f"bob-{role}", email=f"bob-{role}@example.org")
    set_role(team=team, user=bob, role=role)
    return sign_in(bob)
