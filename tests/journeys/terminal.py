"""`manage.py run` as a person starts it, in an installation of its own."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import docker

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def leftovers(install: str) -> list[str]:
    """Containers and networks of an installation that the engine still has."""
    client = docker.APIClient()
    try:
        ours = {"label": f"factory.install={install}"}
        containers = [name for one in client.containers(all=True, filters=ours) for name in one["Names"]]
        return containers + [one["Name"] for one in client.networks(filters=ours)]
    finally:
        client.close()


def remove_leftovers(install: str) -> None:
    """Remove the containers and networks of an installation that is gone."""
    client = docker.APIClient()
    try:
        ours = {"label": f"factory.install={install}"}
        for container in client.containers(all=True, filters=ours):
            client.remove_container(container["Id"], force=True)
        for network in client.networks(filters=ours):
            client.remove_network(network["Id"])
    finally:
        client.close()


def inspect_all(install: str) -> dict[str, dict[str, Any]]:
    """The engine's own inspect of every container of an installation, by node."""
    client = docker.APIClient()
    try:
        listed = client.containers(all=True, filters={"label": f"factory.install={install}"})
        found = [client.inspect_container(one["Id"]) for one in listed]
    finally:
        client.close()
    by_node = {one["Config"]["Labels"]["factory.node"]: one for one in found}
    assert len(by_node) == len(found), "one container a node"
    return by_node


def wait_for(look: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    """The first true thing that `look` returns.

    Raises:
        TimeoutError: nothing true came.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError(f"not within {seconds:g} s: {what}")


class Terminal:
    """An installation of its own: database, Redis, sockets and files in folders of one test."""

    def __init__(self, folder: Path, driver: str) -> None:
        self.folder = folder
        self.driver = driver
        self._sockets = tempfile.mkdtemp(prefix="pf-test-")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            "FACTORY_STATE": str(folder / "state"),
            "FACTORY_SOCKETS": self._sockets,
            "FACTORY_OUTPUT": str(folder / "artifacts"),
            "FACTORY_INSTALL": f"test{secrets.token_hex(6)}",
            "PYTHONUNBUFFERED": "1",
        }
        self.install = self.environment["FACTORY_INSTALL"]
        self._running: list[Running] = []

    def start(self, pipeline: Path | str, *, seconds: float, options: tuple[str, ...] = ()) -> "Running":
        """Start a run; its output goes to a file."""
        path = ROOT / "examples" / f"{pipeline}.yaml" if isinstance(pipeline, str) else pipeline
        output = self.folder / f"output-{len(self._running)}"
        command = ["run", str(path), "--seconds", str(seconds), "--output", str(output), "--driver", self.driver]
        running = Running(self.command(*command, *options), output, self)
        self._running.append(running)
        return running

    def command(self, *words: str) -> list[str]:
        """A command of manage.py."""
        return [sys.executable, str(ROOT / "manage.py"), *words]

    def manage(self, *words: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def processes(self, *words: str) -> list[int]:
        """Processes of this installation whose command line has all the words."""
        mine = f"FACTORY_STATE={self.environment['FACTORY_STATE']}".encode()
        sockets = self._sockets.encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                line = entry.joinpath("cmdline").read_bytes()
                environment = entry.joinpath("environ").read_bytes()
                if (mine in environment or sockets in environment) and all(word.encode() in line for word in words):
                    found.append(int(entry.name))
        return found

    def close(self) -> None:
        """End what still runs, remove what is left."""
        for running in self._running:
            running.end()
        shutil.rmtree(self._sockets, ignore_errors=True)


class Running:
    """One `manage.py run`."""

    def __init__(self, command: list[str], output: Path, terminal: Terminal) -> None:
        self.output = output
        self.terminal = terminal
        output.parent.mkdir(parents=True, exist_ok=True)
        self._log = output.with_suffix(".log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=terminal.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        """What it has printed."""
        return self._log.read_text(errors="replace")

    def wait_for_text(self, text: str, seconds: float = 60.0) -> str:
        """The line that has the text, once it is printed."""

        def look() -> str:
            for line in self.text.splitlines():
                if text in line:
                    return line
            if self._process.poll() is not None:
                raise AssertionError(f"it ended without saying {text!r}:\n{self.text}")
            return ""

        return wait_for(look, f"it says {text!r}", seconds)

    def wait_until_ready(self) -> str:
        """The id of the run, once all its nodes are ready."""
        return self.wait_for_text("every node is ready").partition("run ")[2].partition(":")[0]

    def wait(self, seconds: float = 120.0) -> int:
        """Its exit code."""
        return self._process.wait(seconds)

    def succeed(self, seconds: float = 120.0) -> dict[str, Any]:
        """Wait for a good end; returns `run.json`."""
        code = self.wait(seconds)
        assert code == 0, f"exit code {code}:\n{self.text}"
        return self.report()

    def report(self) -> dict[str, Any]:
        """What `run.json` says of the run."""
        return dict(json.loads((self.output / "run.json").read_text()))

    def end(self) -> None:
        """Interrupt it as Ctrl-C does, and end it if that does not help."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)


@contextlib.contextmanager
def open_terminal(folder: Path, driver: str) -> Iterator[Terminal]:
    """A terminal that leaves nothing behind."""
    terminal = Terminal(folder, driver)
    try:
        yield terminal
    except BaseException:
        # A journey that fails in the middle of a run would leave its containers to the next ones.
        terminal.close()
        if driver == "docker":
            remove_leftovers(terminal.install)
        raise
    terminal.close()
    assert terminal.processes() == []
    assert list((folder / "state" / "processes").glob("*")) == []
    if driver == "docker":
        assert leftovers(terminal.install) == []
