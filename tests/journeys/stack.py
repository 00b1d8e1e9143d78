"""deploy/compose.yaml as an operator starts it: a project, a network, volumes and a port of its own."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.terminal import ROOT, leftovers, remove_leftovers, wait_for

ENGINE_SOCKET = "/var/run/docker.sock"


def program() -> list[str]:
    """The plugin where the client has it, else Debian's program."""
    client = shutil.which("docker")
    if client and subprocess.run([client, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [client, "compose"]
    return ["docker-compose"]


class Stack:
    """The services of one project."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.address = f"http://localhost:{port}"
        self.install = f"test{secrets.token_hex(6)}"
        told = {
            "FACTORY_SITE": self.address,
            "FACTORY_INSTALL": self.install,
            "FACTORY_SOCKETS": str(sockets),
            "DOCKER_GROUP": str(os.stat(ENGINE_SOCKET).st_gid),
            "POSTGRES_IMAGE": "media-pipeline-factory/postgres:latest",
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "REDIS_IMAGE": "media-pipeline-factory/redis:latest",
            "WEB_PORT": str(port),
        }
        self._environment = folder / "env"
        self._environment.write_text("".join(f"{name}={value}\n" for name, value in told.items()))

    def compose(self, *words: str, seconds: float = 180.0) -> str:
        """Run the program to its end; returns what it printed."""
        files = ["--env-file", str(self._environment), "-f", str(ROOT / "deploy" / "compose.yaml")]
        done = subprocess.run(
            [*program(), *files, "-p", self.install, *words],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{words}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def manage(self, service: str, *words: str) -> str:
        """A command of manage.py in one of them."""
        return self.compose("exec", "-T", service, "python3", "manage.py", *words)

    def ready(self) -> dict[str, Any]:
        """What /readyz says, once all of it is fine; nothing before."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                said: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError):
            return {}
        return said if set(said.values()) == {"fine"} else {}

    def lines(self, service: str) -> list[dict[str, Any]]:
        """What a service logged as JSON."""
        text = self.compose("logs", "--no-color", service)
        found = [line[line.index("{") :] for line in text.splitlines() if "{" in line]
        return [json.loads(line) for line in found if line.startswith('{"time"')]


@contextlib.contextmanager
def open_stack(folder: Path) -> Iterator[Stack]:
    """All services once they are ready; nothing of them is left afterwards."""
    sockets = Path(tempfile.mkdtemp(prefix="pf-stack-"))
    stack = Stack(folder, sockets)
    try:
        stack.compose("up", "-d")
        wait_for(stack.ready, "every service is ready", 90)
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "10")
        left = leftovers(stack.install)
        remove_leftovers(stack.install)
        shutil.rmtree(sockets, ignore_errors=True)
    assert left == []
