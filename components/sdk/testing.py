"""Runs a component inside a test: real control socket, real wires, real shared memory; only the agent is played."""

import contextlib
import dataclasses
import inspect
import itertools
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from components.contract.control_socket import Receiver, send
from components.contract.manifest import Manifest, load_manifest
from components.contract.media_types import Format, MediaType
from components.contract.messages import (
    CONTROL_SOCKET,
    UP,
    Artifact,
    Attach,
    Configure,
    Drain,
    Event,
    Hello,
    Message,
    Reply,
    Report,
)
from components.contract.messages import Request as RequestMessage
from components.contract.node_states import ExitCode, NodeState
from components.sdk.component import Component
from components.sdk.frames import Frame
from components.sdk.input import Input, ring_of
from components.sdk.node import Node
from components.sdk.output import Output
from components.sdk.run_clock import RunClock
from components.sdk.testing_wires import PATIENCE, SLOT_BYTES, SLOTS, Fed, kept, make_ring, read_only, wait_until
from components.sdk.wire_reader import WireReader
from components.sdk.wire_writer import WireWriter


@dataclasses.dataclass
class Result:
    """What a component did: frames by output port, files by name, its last measures, the states it went through."""

    outputs: dict[str, list[Frame]]
    artifacts: dict[str, bytes]
    measures: dict[str, float]
    states: list[str]
    exit_code: int


class Launched(Protocol):
    """A component's process, wherever it runs."""

    @property
    def pid(self) -> int:
        """Its id on this host."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


class Harness:
    """A component with its ports wired to the test.

    Use as a context manager: entering runs the component until it is ready.

    Args:
        component: the class; its manifest lies beside it.
        parameters: what the defaults do not say.
        inputs: ports to wire as inputs.
        formats: what to ask of an output port, where not the first that its manifest offers.
        clock_offset_ns: how far the run's clock is from the instance's own, as in a sandbox.
        launch: starts the component elsewhere, given the folder of its control socket; else it runs in this process.
    """

    def __init__(
        self,
        component: type[Component],
        *,
        parameters: Mapping[str, Any] | None = None,
        inputs: Iterable[str] = (),
        formats: Mapping[str, Sequence[Format]] | None = None,
        clock_offset_ns: int = 0,
        launch: Callable[[Path], Launched] | None = None,
    ) -> None:
        self.manifest: Manifest = load_manifest(Path(inspect.getfile(component)).parent)
        self.parameters = self.manifest.with_defaults(dict(parameters or {}))
        self.collected: dict[str, list[Frame]] = {}
        self.reports: list[Report] = []
        self.events: list[Event] = []
        self.replies: dict[str, Reply] = {}
        self._requests = itertools.count()
        self.states: list[str] = []
        self.exit_code: int | None = None
        self._wired = tuple(inputs)
        self._formats = dict(formats or {})
        self._offset = clock_offset_ns
        self._clock = RunClock()
        self._clock.measure(hello_ns=time.monotonic_ns(), agent_ns=time.monotonic_ns() + clock_offset_ns)
        self._revision = 1
        self._fed: dict[str, Fed] = {}
        self._readers: list[Input] = []
        self._files: dict[str, Path] = {}
        self._stack = contextlib.ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="pf-")))
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._folder / CONTROL_SOCKET))
        self._listener.listen(1)
        self._component = component
        self._launch = launch
        self._launched: Launched | None = None
        self._life = threading.Thread(target=self._live, name="component", daemon=True)

    def __enter__(self) -> Self:
        self._life.start()
        self._listener.settimeout(PATIENCE)
        self._connection, _ = self._listener.accept()
        self._receiver = Receiver(self._connection, UP)
        self._listening = threading.Thread(target=self._listen, name="agent", daemon=True)
        self._listening.start()
        wait_until(lambda: self._ports_made, "the component says hello")
        for port in self.manifest.outputs:
            self._collect(port)
        for port in self._wired:
            self._feed(port)
        wait_until(lambda: self.state not in (None, NodeState.STARTING), "the component is ready")
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.exit_code is None:
            self.finish()
        self._stack.close()

    def _live(self) -> None:
        if self._launch:
            self._launched = self._launch(self._folder)
            self.exit_code = self._launched.wait()
        else:
            self.node = Node(self._component, str(self._folder / CONTROL_SOCKET))
            self.exit_code = self.node.run()

    def processor_seconds(self) -> float:
        """Processor time of the component's own process so far."""
        assert self._launched is not None, "it runs in this process"
        # The clock of another process, as clock_getcpuclockid(3) numbers it: exact, where /proc counts in ticks.
        return time.clock_gettime_ns((~self._launched.pid << 3) | 2) / 1e9

    _ports_made = False

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while (messages := self._receiver.receive()) is not None:
                for message, _descriptors in messages:
                    self._take(message)

    def _take(self, message: Message) -> None:
        if isinstance(message, Hello):
            self._configure(message.clock_ns)
            self._ports_made = True
        elif isinstance(message, Report):
            self.reports.append(message)
            if not self.states or self.states[-1] != message.state:
                self.states.append(message.state)
        elif isinstance(message, Reply):
            self.replies[message.id] = message
        elif isinstance(message, Event):
            self.events.append(message)
            if message.kind == "artifact_wanted":
                self._give_file(message.body)

    def _configure(self, hello_ns: int) -> None:
        ports = {
            "inputs": {
                name: self._port(port.type, self.manifest.takes(name, self.parameters), name in self._wired)
                for name, port in self.manifest.inputs.items()
            },
            "outputs": {
                name: self._port(port.type, self._offered(name), True) for name, port in self.manifest.outputs.items()
            },
        }
        clock = {"hello_ns": hello_ns, "agent_ns": time.monotonic_ns() + self._offset}
        self._send(Configure(self._revision, self.parameters, ports, clock))

    def _send(self, message: Message, descriptors: tuple[int, ...] = ()) -> None:
        with contextlib.suppress(OSError):  # A component that has exited is seen by its exit code.
            send(self._connection, message, descriptors)

    @staticmethod
    def _port(media_type: MediaType, formats: Sequence[Format], wired: bool) -> dict[str, Any]:
        return {"type": media_type, "formats": [str(one) for one in formats], "wires": int(wired)}

    def _offered(self, port: str) -> Sequence[Format]:
        return self._formats.get(port) or self.manifest.outputs[port].formats

    def _give_file(self, body: dict[str, Any]) -> None:
        path = self._folder / body["name"]
        self._files[body["name"]] = path
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        quota = self.manifest.permissions.artifact_mib * 1024 * 1024
        self._send(Artifact(body["id"], body["name"], quota), (descriptor,))
        os.close(descriptor)

    def _attach(self, port: str, end: str, formats: Sequence[Format]) -> tuple[socket.socket, int]:
        """Give the component one end of a wire; returns the other end and the ring."""
        ours, theirs = socket.socketpair()
        for one in (ours, theirs):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024 * 1024)
        ring = make_ring()
        given = read_only(ring) if end == "input" else ring
        size = {"slots": SLOTS, "slot_bytes": SLOT_BYTES}
        attach = Attach(f"test.{port}", 1, port, end, [str(one) for one in formats], "cache", size)
        self._send(attach, (theirs.fileno(), given))
        theirs.close()
        if given != ring:
            os.close(given)
        return ours, ring

    def _feed(self, port: str) -> None:
        formats = tuple(self.manifest.takes(port, self.parameters))
        ours, ring = self._attach(port, "input", formats)
        output = Output(
            port,
            media_type=self.manifest.inputs[port].type,
            formats=formats,
            wires=1,
            clock=self._clock,
            want_ring=lambda _size: None,
        )
        writer = WireWriter(ours, wire=f"test.{port}", generation=1, formats=formats, join="cache", clock=self._clock)
        output.attach(writer, (ring, SLOTS, SLOT_BYTES))
        self._fed[port] = Fed(output, writer)

    def _collect(self, port: str) -> None:
        formats = tuple(self._offered(port))
        ours, ring = self._attach(port, "output", formats)
        frames = self.collected.setdefault(port, [])
        reader = Input(
            port,
            media_type=self.manifest.outputs[port].type,
            takes=formats,
            wires=1,
            clock=self._clock,
            deliver=lambda _port, item: frames.append(kept(item)),
            changed=lambda: None,
            broken=lambda _error: None,
        )
        memory = ring_of(read_only(ring), {"slots": SLOTS, "slot_bytes": SLOT_BYTES})
        os.close(ring)
        reader.attach(WireReader(ours, wire=f"test.{port}", generation=1, ring=memory, clock=self._clock))
        self._readers.append(reader)

    # What a test does.

    @property
    def state(self) -> str | None:
        """The newest state reported."""
        return self.reports[-1].state if self.reports else None

    def fed(self, port: str) -> "Fed":
        """The other end of an input."""
        return self._fed[port]

    def feed(self, port: str, frames: Iterable[Frame]) -> None:
        """Write frames to an input, each once the one before it has been processed."""
        for frame in frames:
            self._fed[port].write(frame)

    def final(self, port: str) -> bool:
        """Whether an output said that its media came to its own end."""
        return next(reader.all_final for reader in self._readers if reader.port == port)

    def begin_change(self, **parameters: Any) -> None:
        """Send a live change of parameters."""
        self._revision += 1
        self.parameters = {**self.parameters, **parameters}
        self._configure(time.monotonic_ns())

    def configure(self, **parameters: Any) -> Report:
        """Change parameters live; returns the first report that applied or refused them."""
        self.begin_change(**parameters)
        wanted = self._revision
        wait_until(lambda: self._answered(wanted), f"revision {wanted} is applied or refused")
        return self.reports[-1]

    def _answered(self, revision: int) -> bool:
        last = self.reports[-1]
        return last.observed_revision >= revision or bool(last.refused and last.refused["revision"] >= revision)

    def request(self, kind: str, body: dict[str, Any], seconds: float = 5.0) -> Reply:
        """Ask a gateway something and wait for its answer."""
        key = f"request-{next(self._requests)}"
        deadline = self._clock.now() + round(seconds * 1e9)
        self._send(RequestMessage(key, kind, body, deadline))
        wait_until(lambda: key in self.replies, f"an answer to {kind}", seconds)
        return self.replies[key]

    def _end(self, fed: Fed) -> None:
        wait_until(lambda: fed.idle() or self.exit_code is not None, f"{fed.output.port} is read")
        fed.output.end(final=False)

    def finish(self) -> Result:
        """End the inputs, drain, and wait for the exit."""
        for fed in self._fed.values():
            self._end(fed)
        self._send(Drain())
        wait_until(lambda: self.exit_code is not None, "the component exits")
        if self.exit_code == ExitCode.DONE:
            wait_until(lambda: all(reader.all_ended for reader in self._readers), "its outputs end")
        for reader in self._readers:
            reader.close(1.0)
        self._listening.join(PATIENCE)
        self._receiver.close()
        self._listener.close()
        files = {name: path.read_bytes() for name, path in self._files.items()}
        measures = self.reports[-1].measures if self.reports else {}
        return Result(self.collected, files, measures, self.states, self.exit_code or 0)


def run_component(
    component: type[Component],
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Sequence[Frame]] | None = None,
    formats: Mapping[str, Sequence[Format]] | None = None,
    seconds: float = 0.0,
) -> Result:
    """Run a component over frames given, or (a source) for some seconds, and return what it did."""
    given = inputs or {}
    with Harness(component, parameters=parameters, inputs=given, formats=formats) as harness:
        threads = [threading.Thread(target=harness.feed, args=item, daemon=True) for item in given.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        time.sleep(seconds)
        return harness.finish()


def every(interval_ns: int, count: int, start: int = 0) -> Iterator[int]:
    """Evenly spaced time stamps."""
    return (start + index * interval_ns for index in range(count))
