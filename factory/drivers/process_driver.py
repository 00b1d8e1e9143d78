"""Runs instances as plain processes where no container engine answers. They are not isolated, and `check` says so."""

import contextlib
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from factory.drivers import polled_events, process_folder, process_shim
from factory.drivers.driver import (
    EngineEvent,
    EngineState,
    Health,
    ImageRefused,
    InstanceSpec,
    Seen,
    StartFailed,
    StartRefused,
)
from factory.drivers.instance_names import is_instance_name, require_instance_name
from factory.drivers.name_lock import hold_name
from factory.drivers.still_running import StillRunning
from factory.foundation.faults import fault_point

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 10.0
_LOCK_SECONDS = 30.0
_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.002
_NO_IMAGES = (
    "plain processes run none: start a container engine, or put the component's folder into the components folder"
)


def run_by_sdk(folder: Path) -> list[str]:
    """How a component's folder is run: as its image would, by the interpreter that runs us."""
    return [sys.executable, "-m", "components.sdk.runner", str(folder)]


def build(install: str, state: Path) -> "ProcessDriver":
    """The driver whose instances live in folders under `state`."""
    return ProcessDriver(install, state)


class ProcessDriver:
    """See `Driver`; keeps nothing in memory, so any process may take over from any other.

    Args of its making: `command` says how a component's folder is run, `sweep_grace` how many seconds a half-made
    folder may yet become whole.
    """

    def __init__(
        self, install: str, state: Path, *, command: Callable[[Path], list[str]] = run_by_sdk, sweep_grace: float = 30.0
    ) -> None:
        self._install = install
        self._folders = state / "processes"
        self._lock = state / "processes.lock"
        self._command = command
        self._sweep_grace = sweep_grace
        self._closed = threading.Event()

    def check(self) -> Health:
        return Health(engine="plain processes", isolated=False)

    def start(self, spec: InstanceSpec) -> Seen:
        require_instance_name(spec.name)
        if spec.labels.install != self._install:
            raise StartRefused(f"{spec.name} belongs to installation {spec.labels.install}, not to {self._install}")
        if spec.folder is None:
            raise StartRefused(f"{spec.image} is an image; {_NO_IMAGES}")
        if not (spec.folder / "component.yaml").is_file():
            raise StartRefused(f"{spec.folder} holds no component.yaml; put the component there or mend the pipeline")
        if not spec.socket_directory.is_dir():
            raise StartFailed(f"{spec.socket_directory} does not exist; make the socket directory before the start")
        folder = self._folders / spec.name
        with hold_name(self._lock, spec.name, wait_seconds=_LOCK_SECONDS):
            if not folder.exists():
                self._create(folder, spec, self._command(spec.folder))
                fault_point("after_create")
            seen = process_folder.read_seen(folder, install=self._install)
            if seen.state is EngineState.ABSENT:
                raise StartRefused(f"{folder} exists and is not ours; remove it by hand")
            if seen.state is not EngineState.CREATED:
                return seen
            self._launch(folder)
            return process_folder.read_seen(folder, install=self._install)

    def stop(self, name: str, *, grace_seconds: float) -> Seen:
        seen = self.inspect(name)
        if seen.state is not EngineState.RUNNING:
            return seen
        with self._hold_shim(name) as shim:
            if shim is not None:
                orders = (
                    (signal.SIGTERM, grace_seconds),
                    (signal.SIGUSR1, _KILL_SECONDS),
                    (signal.SIGKILL, _KILL_SECONDS),
                )
                for number, seconds in orders:
                    with contextlib.suppress(ProcessLookupError):
                        signal.pidfd_send_signal(shim, number)
                    if select.select([shim], [], [], max(seconds, 0))[0]:
                        break
        return self.inspect(name)

    def inspect(self, name: str) -> Seen:
        if not is_instance_name(name):
            return Seen(name=name, state=EngineState.ABSENT)
        return process_folder.read_seen(self._folders / name, install=self._install)

    def list_owned(self, run: str | None = None) -> list[Seen]:
        if not self._folders.is_dir():
            return []
        names = sorted(entry.name for entry in os.scandir(self._folders) if is_instance_name(entry.name))
        seen = [self.inspect(name) for name in names]
        return [one for one in seen if one.labels is not None and run in (None, one.labels.run)]

    def logs(self, name: str, *, tail: int) -> str:
        if self.inspect(name).state is EngineState.ABSENT:
            return ""
        return process_folder.read_log(self._folders / name, tail=tail)

    def discard(self, name: str) -> None:
        seen = self.inspect(name)
        if seen.state is EngineState.ABSENT:
            return
        if seen.state is EngineState.RUNNING:
            raise StillRunning(f"{name} is running; stop it before it is discarded")
        # Renamed first: half an instance must not be seen as a whole one.
        gone = self._folders / f".{name}.{secrets.token_hex(4)}"
        with contextlib.suppress(FileNotFoundError):
            (self._folders / name).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self, *, live_runs: frozenset[str], over: frozenset[str] = frozenset()) -> list[str]:
        """Folders that a start or a discard left half made or half removed; instances themselves are listed."""
        if not self._folders.is_dir():
            return []
        removed = []
        for entry in os.scandir(self._folders):
            if entry.name.startswith(".") and time.time() - entry.stat().st_ctime >= self._sweep_grace:
                shutil.rmtree(entry.path, ignore_errors=True)
                removed.append(entry.name)
        return removed

    def events(self) -> Iterator[EngineEvent]:
        return polled_events.watch(self.list_owned, closed=self._closed)

    def load_image(self, path: Path) -> str:
        raise ImageRefused(f"{path.name} is an image; {_NO_IMAGES}")

    def build_image(self, folder: Path) -> str:
        raise ImageRefused(f"An image would be built of {folder.name}; {_NO_IMAGES}")

    def kept_images(self) -> frozenset[str]:
        return frozenset()

    def remove_image(self, image: str) -> None:
        """There is none."""

    def close(self) -> None:
        """End every event stream."""
        self._closed.set()

    def _create(self, folder: Path, spec: InstanceSpec, command: list[str]) -> None:
        """The folder appears whole or not at all; its name is the lock."""
        draft = self._folders / f".{spec.name}.{secrets.token_hex(4)}"
        draft.mkdir(parents=True)
        process_folder.write_spec(draft, spec, command=command, directory=_ROOT)
        draft.rename(folder)

    def _launch(self, folder: Path) -> None:
        with (folder / "shim").open("wb") as said:
            shim = subprocess.run(
                [sys.executable, "-I", "-S", process_shim.__file__, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={},
                start_new_session=True,
                timeout=_START_SECONDS,
                check=False,
            )
        deadline = time.monotonic() + _START_SECONDS
        while shim.returncode == 0 and time.monotonic() < deadline:
            if (folder / "claim.json").exists():
                return
            time.sleep(_POLL_SECONDS)
        words = (folder / "shim").read_text(encoding="utf-8", errors="replace")[-1000:]
        raise StartFailed(f"{folder.name} did not start: {words or 'its parent process is silent'}")

    @contextlib.contextmanager
    def _hold_shim(self, name: str) -> Iterator[int | None]:
        """A handle on the living shim, which stays its own even when the process id is given to another."""
        folder = self._folders / name
        pid = process_folder.read_shim(folder)
        descriptor = None
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid) if pid is not None else None
        try:
            yield descriptor if process_folder.read_shim(folder) == pid else None
        finally:
            if descriptor is not None:
                os.close(descriptor)
