"""The Docker driver, which writes down what the engine itself says of a container before it is forgotten."""

import json
import os
from pathlib import Path

import docker
from docker.errors import NotFound

from factory.drivers.docker_client import engine_address
from factory.drivers.docker_driver import DockerDriver

FILE = "inspected.jsonl"


def build(install: str, state: Path) -> "InspectedDriver":
    """As `docker_driver.build`; the file lies in the state folder."""
    return InspectedDriver(install, state, address=engine_address())


class InspectedDriver(DockerDriver):
    """Adds to `discard` alone; the lines are the engine's words, read over a connection of their own."""

    def __init__(self, install: str, state: Path, *, address: str) -> None:
        super().__init__(install, state, address=address)
        self._file = state / FILE

    def discard(self, name: str) -> None:
        client = docker.APIClient()
        try:
            said = client.inspect_container(name)["State"]
        except NotFound:
            said = None
        finally:
            client.close()
        if said is not None and said["Status"] == "exited":
            line = json.dumps({"name": name, **said}) + "\n"
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
        super().discard(name)
