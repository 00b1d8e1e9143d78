"""Runs the services of one terminal: starts them, starts again what dies, stops them together."""

import collections
import dataclasses
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

MAX_DEATHS = 6
"""So often within `DEATHS_SECONDS`, and a service is given up: something is wrong that starting again does not mend."""
DEATHS_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.1
_LAST_PAUSE_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_TAIL_BYTES = 4000


@dataclasses.dataclass(frozen=True)
class Service:
    """A process that should run.

    Attributes:
        name: for people, and for its log.
        command: program and arguments.
        environment: what it gets beside ours.
        stop_seconds: how long it may take to end before it is killed.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stop_seconds: float = 5.0


class _Running:
    """A service and its present process."""

    def __init__(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        self.service = service
        self.process = process
        self.deaths: collections.deque[float] = collections.deque(maxlen=MAX_DEATHS)
        self.start_again_at: float | None = None
        self.given_up = False


class Supervisor:
    """Keeps services running until `stop`.

    Args:
        logs: folder in which each service writes `<name>.log`.
        say: told, in a sentence, of every death.
    """

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._running: list[_Running] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._look_on, name="supervisor", daemon=True)

    def start(self, service: Service) -> None:
        """Start a service; it is started again whenever it ends.

        Raises:
            OSError: its program cannot be started.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        self.log_of(service.name).unlink(missing_ok=True)
        with self._lock:
            self._running.append(_Running(service, self._launch(service)))
        if not self._watch.is_alive() and not self._stopping.is_set():
            self._watch.start()

    def log_of(self, name: str) -> Path:
        """Where a service's output is."""
        return self._logs / f"{name}.log"

    def given_up(self) -> str | None:
        """Why a service cannot be kept running, with the end of its log; None while all is well."""
        with self._lock:
            lost = next((running.service.name for running in self._running if running.given_up), None)
        if lost is None:
            return None
        return f"the {lost} ends again and again; the end of {self.log_of(lost)}:\n{self._tail(lost)}"

    def processes(self) -> dict[str, int]:
        """Name to process id of what runs now."""
        with self._lock:
            return {one.service.name: one.process.pid for one in self._running if one.process.poll() is None}

    def leave(self) -> None:
        """Stop watching and let the services run on."""
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join()

    def stop(self) -> None:
        """End all, the last started first; returns when none is left."""
        self.leave()
        with self._lock:
            running, self._running = self._running, []
        for one in reversed(running):
            _signal(one.process, signal.SIGTERM)
            try:
                one.process.wait(one.service.stop_seconds)
            except subprocess.TimeoutExpired:
                self._say(f"the {one.service.name} does not end and is killed")
                _signal(one.process, signal.SIGKILL)
                one.process.wait()

    def _launch(self, service: Service) -> subprocess.Popen[bytes]:
        with self.log_of(service.name).open("ab") as log:
            # A session of its own, so that Ctrl-C reaches us alone and we decide in which order things end.
            return subprocess.Popen(
                service.command,
                env={**os.environ, **service.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _look_on(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            with self._lock:
                for running in self._running:
                    self._look_at(running, time.monotonic())

    def _look_at(self, running: _Running, now: float) -> None:
        if running.given_up or running.process.poll() is None:
            return
        if running.start_again_at is None:
            running.deaths.append(now)
            if len(running.deaths) == MAX_DEATHS and now - running.deaths[0] < DEATHS_SECONDS:
                running.given_up = True
                return
            recent = sum(1 for death in running.deaths if now - death < DEATHS_SECONDS)
            pause = min(_FIRST_PAUSE_SECONDS * 2 ** (recent - 1), _LAST_PAUSE_SECONDS)
            running.start_again_at = now + pause
            self._say(
                f"the {running.service.name} ended ({_describe(running.process.returncode)}) and is started again"
            )
        elif now >= running.start_again_at:
            running.start_again_at = None
            try:
                running.process = self._launch(running.service)
            except OSError as error:
                self._say(f"the {running.service.name} cannot be started again: {error}")
                running.given_up = True

    def _tail(self, name: str) -> str:
        try:
            data = self.log_of(name).read_bytes()[-_TAIL_BYTES:]
        except OSError:
            return "(no log)"
        return data.decode(errors="replace").strip()


def _describe(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the whole session: what a service started ends with it."""
    if process.poll() is not None:
        return
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
