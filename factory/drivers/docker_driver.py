"""Runs instances as Docker containers, each walled off as `docker_spec` says. The only driver that isolates."""

import datetime
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import RequestException

from factory.drivers import docker_events, docker_images, docker_seen, docker_spec
from factory.drivers.docker_client import READ_SECONDS, WRITE_SECONDS, EngineClients, engine_address, explain
from factory.drivers.docker_networks import ensure_network, sweep_networks
from factory.drivers.driver import (
    DriverUnavailable,
    EngineEvent,
    EngineState,
    Health,
    InstanceSpec,
    Network,
    Seen,
    StartFailed,
    StartRefused,
)
from factory.drivers.instance_names import is_instance_name, require_instance_name
from factory.drivers.name_lock import hold_name
from factory.drivers.still_running import StillRunning
from factory.foundation.clock import now
from factory.foundation.faults import fault_point

_SECCOMP = Path(__file__).parents[2] / "deploy" / "seccomp.json"
_LONGEST_GRACE_SECONDS = 45
_LOCK_SECONDS = 60.0
_MOST_LOG_LINES = 10_000


def build(install: str, state: Path) -> "DockerDriver":
    """The driver for the engine at `DOCKER_HOST` or the usual socket; opens nothing yet."""
    return DockerDriver(install, state, address=engine_address())


class DockerDriver:
    """See `Driver`; keeps nothing but connections, so any process may take over from any other."""

    def __init__(
        self,
        install: str,
        state: Path,
        *,
        address: str,
        sweep_grace: datetime.timedelta = datetime.timedelta(seconds=30),
        read_seconds: int = READ_SECONDS,
    ) -> None:
        self._install = install
        self._lock = state / "docker.lock"
        self._clients = EngineClients(address, read_seconds=read_seconds)
        self._sweep_grace = sweep_grace
        self._seccomp = _SECCOMP.read_text(encoding="utf-8")
        self._streams: list[docker_events.EventStream] = []
        self._streams_lock = threading.Lock()

    def check(self) -> Health:
        with self._clients.borrow() as client:
            return Health(engine=f"Docker {client.version()['Version']}", isolated=True)

    def start(self, spec: InstanceSpec) -> Seen:
        require_instance_name(spec.name)
        if spec.labels.install != self._install:
            raise StartRefused(f"{spec.name} belongs to installation {spec.labels.install}, not to {self._install}")
        if not spec.socket_directory.is_dir():
            raise StartFailed(f"{spec.socket_directory} does not exist; make the socket directory before the start")
        with (
            hold_name(self._lock, spec.name, wait_seconds=_LOCK_SECONDS),
            self._clients.borrow(seconds=WRITE_SECONDS) as client,
        ):
            if self._create(client, spec):
                fault_point("after_create")
            payload = client.inspect_container(spec.name)
            seen = docker_seen.read_inspected(payload, install=self._install)
            if seen.state is EngineState.ABSENT:
                raise StartRefused(f"A container named {spec.name} exists and is not ours; remove it by hand")
            if seen.state is not EngineState.CREATED:
                return seen
            self._refuse_other_image(client, spec, payload)
            self._refuse_volumes(client, spec, payload)
            self._start(client, spec)
            return docker_seen.read_inspected(client.inspect_container(spec.name), install=self._install)

    def stop(self, name: str, *, grace_seconds: float) -> Seen:
        seen = self.inspect(name)
        if seen.state in (EngineState.ABSENT, EngineState.CREATED, EngineState.EXITED):
            return seen
        grace = min(max(math.ceil(grace_seconds), 0), _LONGEST_GRACE_SECONDS)
        with self._clients.borrow(seconds=WRITE_SECONDS - _LONGEST_GRACE_SECONDS) as client:
            try:
                if seen.state is EngineState.PAUSED:
                    client.unpause(name)
                client.stop(name, timeout=grace)
            except NotFound:
                return docker_seen.absent(name)
        return self.inspect(name)

    def inspect(self, name: str) -> Seen:
        if not is_instance_name(name):
            return docker_seen.absent(name)
        with self._clients.borrow() as client:
            try:
                return docker_seen.read_inspected(client.inspect_container(name), install=self._install)
            except NotFound:
                return docker_seen.absent(name)

    def list_owned(self, run: str | None = None) -> list[Seen]:
        wanted = [f"factory.install={self._install}"] + ([f"factory.run={run}"] if run is not None else [])
        with self._clients.borrow() as client:
            rows = client.containers(all=True, filters={"label": wanted})
        listed = [docker_seen.read_listed(row) for row in rows]
        # A list holds no times and no exit codes; what was only created has none.
        seen = [one if one.state is EngineState.CREATED else self.inspect(one.name) for one in listed]
        return [one for one in seen if one.state is not EngineState.ABSENT]

    def logs(self, name: str, *, tail: int) -> str:
        if self.inspect(name).state is EngineState.ABSENT:
            return ""
        with self._clients.borrow() as client:
            try:
                text: bytes = client.logs(name, stdout=True, stderr=True, tail=min(max(tail, 0), _MOST_LOG_LINES))
            except NotFound:
                return ""
        return text.decode("utf-8", errors="replace")

    def discard(self, name: str) -> None:
        seen = self.inspect(name)
        if seen.state is EngineState.ABSENT:
            return
        if seen.state in (EngineState.RUNNING, EngineState.PAUSED):
            raise StillRunning(f"{name} is {seen.state}; stop it before it is discarded")
        with self._clients.borrow(seconds=WRITE_SECONDS) as client:
            try:
                client.remove_container(name, v=True, force=False)
            except NotFound:
                return
            except APIError as error:
                if "already in progress" not in explain(error):
                    raise

    def sweep(self, *, live_runs: frozenset[str], over: frozenset[str] = frozenset()) -> list[str]:
        return sweep_networks(
            self._clients,
            install=self._install,
            live_runs=live_runs - over,
            over=over,
            now=now(),
            grace=self._sweep_grace,
        )

    def events(self) -> Iterator[EngineEvent]:
        client = self._clients.connect()
        try:
            stream = docker_events.open_stream(client, install=self._install)
        except (DockerException, RequestException) as error:
            client.close()
            raise DriverUnavailable(f"The container engine tells no events ({error})") from error
        with self._streams_lock:
            self._streams.append(stream)
        return self._follow(client, stream)

    def load_image(self, path: Path) -> str:
        return docker_images.load_image(self._clients, path)

    def build_image(self, folder: Path) -> str:
        return docker_images.build_image(self._clients, folder)

    def kept_images(self) -> frozenset[str]:
        return docker_images.kept_images(self._clients)

    def remove_image(self, image: str) -> None:
        docker_images.remove_image(self._clients, image)

    def close(self) -> None:
        """End every event stream and close the idle connections."""
        with self._streams_lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        self._clients.close()

    def _follow(self, client: docker.APIClient, stream: docker_events.EventStream) -> Iterator[EngineEvent]:
        try:
            yield from docker_events.read_stream(stream)
        finally:
            with self._streams_lock:
                self._streams.remove(stream)
            client.close()

    def _create(self, client: docker.APIClient, spec: InstanceSpec) -> bool:
        """False where a container of this name exists already."""
        network = "none"
        if spec.network is Network.RUN:
            network = ensure_network(client, spec.labels, lock=self._lock)
        body = docker_spec.create_body(spec, network=network, seccomp=self._seccomp)
        try:
            client.create_container_from_config(body, spec.name)  # type: ignore[no-untyped-call]  # its stub is bare
        except ImageNotFound as error:
            raise self._missing(spec) from error
        except APIError as error:
            if error.status_code == 409:
                return False
            if error.status_code == 404:
                raise self._missing(spec) from error
            raise self._failure(spec, error) from error
        return True

    def _missing(self, spec: InstanceSpec) -> StartRefused:
        remedy = "install the component again" if spec.digest else "run `make images`"
        return StartRefused(f"The image {spec.digest or spec.image} is missing; {remedy}")

    def _refuse_other_image(self, client: docker.APIClient, spec: InstanceSpec, payload: dict[str, Any]) -> None:
        """What was installed runs from its own image alone, whatever else bears its name."""
        if spec.digest and payload["Image"] != spec.digest:
            client.remove_container(spec.name, v=True, force=False)
            raise StartRefused(
                f"{spec.name} was made of the image {payload['Image']}, and {spec.digest} was installed; "
                "install the component again"
            )

    def _refuse_volumes(self, client: docker.APIClient, spec: InstanceSpec, payload: dict[str, Any]) -> None:
        """An image may declare volumes, which would be writable disk without a limit."""
        declared = docker_seen.volumes(payload)
        if declared:
            client.remove_container(spec.name, v=True, force=False)
            raise StartRefused(
                f"The image {spec.image} declares volumes ({', '.join(declared)}); remove VOLUME from its recipe"
            )

    def _start(self, client: docker.APIClient, spec: InstanceSpec) -> None:
        try:
            client.start(spec.name)
        except APIError as error:
            raise self._failure(spec, error) from error

    def _failure(self, spec: InstanceSpec, error: APIError) -> StartFailed | StartRefused:
        if error.status_code in (400, 422):
            return StartRefused(f"The engine refuses {spec.name}: {explain(error)}; mend the image {spec.image}")
        return StartFailed(f"The engine failed to start {spec.name}: {explain(error)}")
