"""Connections to the Docker engine: one thread at a time, a time-out on every call, failures in our words."""

import contextlib
import os
import queue
import socket
from collections.abc import Iterator

import docker
from docker.constants import DEFAULT_DOCKER_API_VERSION
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from factory.drivers.driver import DriverUnavailable

READ_SECONDS = 10
"""For calls that only look."""
WRITE_SECONDS = 60
"""For calls that create, start, stop or remove."""
_IDLE_CLIENTS = 16


def engine_address() -> str:
    """Where the engine listens: `DOCKER_HOST` as every Docker client reads it, else the usual socket."""
    return os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"


def explain(error: APIError) -> str:
    """What the engine said, without the address of the call."""
    return str(error.explanation or error)


class EngineClients:
    """A pool of connections to one engine, for threads and for processes that fork."""

    def __init__(self, address: str, *, read_seconds: int = READ_SECONDS) -> None:
        self._address = address
        self._read_seconds = read_seconds
        self._idle: queue.LifoQueue[docker.APIClient] = queue.LifoQueue(_IDLE_CLIENTS)
        self._owner = os.getpid()
        self._version: str | None = None

    @contextlib.contextmanager
    def borrow(self, *, seconds: int | None = None) -> Iterator[docker.APIClient]:
        """One connection for the block; each call on it may take `seconds`, by default as long as a look may.

        Raises:
            DriverUnavailable: the engine does not answer, or answers with an error the block did not expect.
        """
        client = self._take()
        client.timeout = seconds if seconds is not None else self._read_seconds
        sound = True
        try:
            yield client
        except APIError as error:
            raise DriverUnavailable(f"The container engine refused: {explain(error)}") from error
        except (DockerException, RequestException) as error:
            sound = False
            raise self._unavailable(error) from error
        finally:
            self._give_back(client, sound=sound)

    def connect(self) -> docker.APIClient:
        """A connection of one's own, to be closed by the caller.

        Raises:
            DriverUnavailable: the engine does not answer.
        """
        try:
            if self._version is None:
                self._version = self._ask_version()
            return docker.APIClient(base_url=self._address, version=self._version, timeout=self._read_seconds)
        except (DockerException, RequestException, OSError) as error:
            raise self._unavailable(error) from error

    def close(self) -> None:
        """Close the idle connections; later calls open new ones."""
        with contextlib.suppress(queue.Empty):
            for _ in range(_IDLE_CLIENTS):
                self._idle.get_nowait().close()

    def _ask_version(self) -> str:
        """Which version of its API the engine speaks, asked once and not at every connection."""
        self._knock()
        version, seconds = DEFAULT_DOCKER_API_VERSION, self._read_seconds
        with contextlib.closing(docker.APIClient(base_url=self._address, version=version, timeout=seconds)) as client:
            return str(client.version(api_version=False)["ApiVersion"])

    def _knock(self) -> None:
        """The SDK leaves a socket open whenever nobody answers, so it is asked only when somebody does."""
        if self._address.startswith("unix://"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
                door.settimeout(self._read_seconds)
                door.connect(self._address.removeprefix("unix://"))

    def _take(self) -> docker.APIClient:
        if self._owner != os.getpid():
            # After a fork two processes would write into one connection.
            self._owner, self._idle = os.getpid(), queue.LifoQueue(_IDLE_CLIENTS)
        try:
            self._knock()
        except OSError as error:
            raise self._unavailable(error) from error
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self.connect()

    def _give_back(self, client: docker.APIClient, *, sound: bool) -> None:
        try:
            if sound:
                self._idle.put_nowait(client)
                return
        except queue.Full:
            pass
        client.close()

    def _unavailable(self, error: Exception) -> DriverUnavailable:
        return DriverUnavailable(
            f"The container engine at {self._address} does not answer ({error}); start it, or set DOCKER_HOST"
        )
