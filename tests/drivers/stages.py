"""Where each driver performs: the same questions for all, the answers of each."""

import base64
import datetime
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import docker

from factory.drivers.docker_client import engine_address
from factory.drivers.docker_driver import DockerDriver
from factory.drivers.driver import Driver, EngineEvent, InstanceSpec, Labels, Limits, Network, Seen
from factory.drivers.process_driver import ProcessDriver
from factory.foundation.ids import new_id
from tests.drivers.actor_image import ensure_image
from tests.fakes.fake_driver import Act, FakeDriver

ROOT = Path(__file__).parents[2]
ACTOR = Path(__file__).with_name("actor.py")
MIB = 1024 * 1024
LIMITS = Limits(memory_bytes=64 * MIB, cpus=0.5, pids=32, open_files=256, file_bytes=4 * MIB)


class StagedDriver(Driver, Protocol):
    """A driver that the tests can also watch and close."""

    def events(self) -> "Events": ...

    def close(self) -> None: ...


class Events(Protocol):
    def __next__(self) -> EngineEvent: ...

    def __iter__(self) -> "Events": ...


def wait_until(holds: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Return as soon as it holds; fail when it has not after so long."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not come to hold within {seconds} s"
        time.sleep(0.02)


class Stage:
    """One driver with an installation of its own, and what a test needs around it."""

    path: str
    """The dotted path under which another process loads the same driver."""
    networks = False
    """Whether the driver makes networks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.install = f"test-{new_id(6)}"
        self.state = folder / "state"
        self.run = new_id()
        self.drivers: list[StagedDriver] = []
        self.driver = self.another()

    def another(self, install: str | None = None) -> StagedDriver:
        """A driver that shares nothing with the first but the engine, as in another process."""
        driver = self.make(install or self.install)
        self.drivers.append(driver)
        return driver

    def make(self, install: str) -> StagedDriver:
        raise NotImplementedError

    def unreachable(self) -> StagedDriver:
        """A driver whose engine does not answer."""
        raise NotImplementedError

    def image(self, act: str) -> str:
        return f"media-pipeline-factory/{act}:1.0.0"

    def spec(
        self,
        act: str,
        *,
        node: str = "camera",
        attempt: int = 1,
        run: str | None = None,
        install: str | None = None,
        network: Network = Network.NONE,
    ) -> InstanceSpec:
        run = run or self.run
        name = f"pf-{run}-{node}-{attempt}"
        sockets = self.folder / "sockets" / name
        sockets.mkdir(parents=True, exist_ok=True)
        folder = self.folder / "components" / act
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "component.yaml").touch()
        return InstanceSpec(
            name=name,
            image=self.image(act),
            folder=folder,
            labels=Labels(
                install=install or self.install,
                team="team-a",
                run=run,
                node=node,
                attempt=attempt,
                epoch=7,
                deadline=1_900_000_000,
            ),
            limits=LIMITS,
            socket_directory=sockets,
            network=network,
        )

    def start_with_fault(self, spec: InstanceSpec, fault: str) -> int:
        """Start it in another process that a fault is armed in; returns that process's exit code."""
        text = base64.b64encode(pickle.dumps(spec)).decode()
        ended = subprocess.run(
            [sys.executable, "-m", "tests.drivers.start_once", self.path, self.install, str(self.state), text],
            cwd=ROOT,
            env={**os.environ, "FACTORY_FAULT": fault},
            timeout=60,
            check=False,
        )
        return ended.returncode

    def start(self, spec: InstanceSpec) -> Seen:
        """Start it and let it come to where it listens for signals."""
        seen = self.driver.start(spec)
        wait_until(lambda: self.driver.logs(spec.name, tail=1).strip() == "here")
        return seen

    def started_once(self, spec: InstanceSpec) -> bool:
        """Whether what the engine keeps shows exactly one start of it."""
        seen = [one for one in self.driver.list_owned() if one.name == spec.name]
        return len(seen) == 1 and seen[0].started_at is not None

    def clean(self) -> None:
        """Leave nothing behind."""
        for driver in self.drivers:
            for seen in driver.list_owned():
                driver.stop(seen.name, grace_seconds=0)
                driver.discard(seen.name)
            driver.sweep(live_runs=frozenset())
            driver.close()


class FakeStage(Stage):
    path = "tests.fakes.fake_driver.build"
    networks = True
    acts = {
        "stays": Act(logs="here\n"),
        "ends": Act(run_for=0.3),
        "fails": Act(run_for=0.01, exit_code=7, logs="it is broken\n"),
        "stubborn": Act(ignores_sigterm=True, logs="here\n"),
        "talks": Act(logs="".join(f"line {number}\n" for number in range(300)) + "here\n"),
        "hungry": Act(kill_after=0.1, oom=True),
    }

    def make(self, install: str) -> FakeDriver:
        return FakeDriver(install, acts=self.acts, file=self.state / "fake_driver.json")

    def unreachable(self) -> FakeDriver:
        driver = FakeDriver(self.install)
        driver.fall_silent(60)
        return driver

    def started_once(self, spec: InstanceSpec) -> bool:
        return self.make(self.install).starts.count(spec.name) == 1


class ProcessStage(Stage):
    path = "tests.drivers.stages.build_process_driver"

    def make(self, install: str) -> ProcessDriver:
        return build_process_driver(install, self.state)


def build_process_driver(install: str, state: Path) -> ProcessDriver:
    """The process driver with actors instead of components."""
    return ProcessDriver(install, state, command=_run_actor)


def _run_actor(folder: Path) -> list[str]:
    return [sys.executable, "-I", "-S", str(ACTOR), folder.name]


class DockerStage(Stage):
    path = "factory.drivers.docker_driver.build"
    networks = True

    def __init__(self, folder: Path) -> None:
        self.engine = docker.APIClient(base_url=engine_address(), version="auto", timeout=60)
        super().__init__(folder)

    def make(self, install: str) -> DockerDriver:
        return DockerDriver(install, self.state, address=engine_address(), sweep_grace=datetime.timedelta())

    def unreachable(self) -> DockerDriver:
        return DockerDriver(self.install, self.state, address=f"unix://{self.folder}/nobody.sock")

    def image(self, act: str) -> str:
        return ensure_image(self.engine, act)

    def clean(self) -> None:
        super().clean()
        self.engine.close()
