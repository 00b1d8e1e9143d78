"""One node of a run, from inside its instance: the ports, the component, and its life from hello to exit."""

import functools
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from components.contract.media_types import Format, MediaType
from components.contract.messages import (
    CONTRACT_VERSION,
    Artifact,
    Attach,
    Configure,
    Detach,
    Drain,
    Event,
    Hello,
    Message,
    Refused,
    Reply,
    Report,
)
from components.contract.messages import Request as RequestMessage
from components.contract.node_states import ExitCode, NodeState
from components.sdk.artifacts import ArtifactFile, ArtifactRequests
from components.sdk.component import Component, ParameterRefused, Request
from components.sdk.control_link import ControlLink
from components.sdk.delivery import Delivery
from components.sdk.input import Input, ring_of
from components.sdk.output import Output
from components.sdk.run_clock import RunClock
from components.sdk.wire_reader import WireReader
from components.sdk.wire_writer import WireWriter

logger = logging.getLogger(__name__)
_INPUTS_END_SECONDS = 2.0
"""How long a draining node waits for its writers to end before it stops reading."""
_RUN_END_SECONDS = 3.0
_Job = Configure | RequestMessage | Drain | BaseException | None


class Node:
    """Holds the ports and the component; `run` is its whole life.

    Threads: the control link's handles messages and hands over wires at once; whatever may take long
    (`configure`, requests, draining) is done by the thread in `run`, so that reports go on meanwhile.
    """

    def __init__(self, create: Callable[["Node"], Component], control_path: str) -> None:
        self.clock = RunClock()
        self.outputs: dict[str, Output] = {}
        self.inputs: dict[str, Input] = {}
        self.stopping = threading.Event()
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._state, self._reason = NodeState.STARTING, ""
        self._observed = 0
        self._refused: dict[str, Any] | None = None
        self._component = create(self)
        self._delivery = Delivery(self._component, self.outputs)
        self._source: threading.Thread | None = None
        self._link = ControlLink(control_path, hello=self._hello, report=self._report, handle=self._handle)
        self._artifacts = ArtifactRequests(self._link.send)
        self._started = time.monotonic()

    # What the component uses.

    def set_state(self, state: NodeState, reason: str = "") -> None:
        """The one setter of the state: compares, logs, assigns, tells."""
        if (state, reason) == (self._state, self._reason):
            return
        logger.info("%s -> %s %s", self._state, state, reason)
        self._state, self._reason = state, reason
        self._link.report_soon()

    def open_artifact(self, name: str, media_type: str) -> ArtifactFile:
        """Ask the agent for a file."""
        return self._artifacts.open(name, media_type)

    # The control link's thread.

    def _hello(self) -> Hello:
        return Hello(CONTRACT_VERSION, time.monotonic_ns(), self._observed, self._ends(), self._state, self._reason)

    def _ends(self) -> list[dict[str, Any]]:
        return [end for port in self._ports() for end in port.ends()]

    def _ports(self) -> list[Input | Output]:
        return [*self.inputs.values(), *self.outputs.values()]

    def _report(self) -> Report:
        inputs = {wire: counts for port in self.inputs.values() for wire, counts in port.counters().items()}
        outputs = {wire: counts for port in self.outputs.values() for wire, counts in port.counters().items()}
        return Report(
            self._state, self._reason, self._observed, self._refused, inputs, outputs, self._measures(), self._ends()
        )

    def _measures(self) -> dict[str, float]:
        return {
            "cpu_seconds": time.process_time(),
            "frames_decoded": sum(port.frames_decoded for port in self.inputs.values()),
            "encoders_started": sum(port.encoders_started for port in self.outputs.values())
            + sum(port.encoders_started for port in self.inputs.values()),
            **self._component.measures,
        }

    def _handle(self, message: Message, descriptors: tuple[int, ...]) -> None:
        if isinstance(message, Attach):
            self._attach(message, descriptors)
        elif isinstance(message, Artifact | Refused):
            self._artifacts.take(message, descriptors)
        elif isinstance(message, Detach):
            for port in self._ports():
                port.detach(message.wire, message.generation)
        elif isinstance(message, Configure):
            self.clock.measure(**message.clock)
            if not self.inputs and not self.outputs:
                self._make_ports(message.ports)
            for event in self._artifacts.again():
                self._link.send(event)
            self._jobs.put(message)
        elif isinstance(message, RequestMessage | Drain):
            self._jobs.put(message)

    def _make_ports(self, ports: dict[str, dict[str, dict[str, Any]]]) -> None:
        for name, port in ports["outputs"].items():
            self.outputs[name] = Output(
                name,
                media_type=MediaType(port["type"]),
                formats=tuple(Format(one) for one in port["formats"]),
                wires=port["wires"],
                clock=self.clock,
                want_ring=functools.partial(self._want_ring, name),
            )
        for name, port in ports["inputs"].items():
            self.inputs[name] = Input(
                name,
                media_type=MediaType(port["type"]),
                takes=tuple(Format(one) for one in port["formats"]),
                wires=port["wires"],
                clock=self.clock,
                deliver=self._delivery.deliver,
                changed=self._input_changed,
                broken=self._jobs.put,
            )

    def _want_ring(self, port: str, slot_bytes: int) -> None:
        self._link.send(Event("ring_wanted", {"port": port, "slot_bytes": slot_bytes}))

    def _attach(self, attach: Attach, descriptors: tuple[int, ...]) -> None:
        connection = socket.socket(fileno=descriptors[0])
        output, reads = self.outputs.get(attach.port), self.inputs.get(attach.port)
        if attach.end == "output" and output:
            writer = WireWriter(
                connection,
                wire=attach.wire,
                generation=attach.generation,
                formats=tuple(Format(one) for one in attach.formats),
                join=attach.join,
                clock=self.clock,
            )
            ring = attach.ring and (descriptors[1], attach.ring["slots"], attach.ring["slot_bytes"])
            output.attach(writer, ring or None)
        elif attach.end == "input" and reads:
            memory = ring_of(descriptors[1], attach.ring) if attach.ring else None
            reads.attach(
                WireReader(connection, wire=attach.wire, generation=attach.generation, ring=memory, clock=self.clock)
            )
        else:
            logger.error("there is no %s %s to attach %s to", attach.end, attach.port, attach.wire)
            connection.close()
            for descriptor in descriptors[1:]:
                os.close(descriptor)
        self._link.report_soon()

    def _input_changed(self) -> None:
        self._link.report_soon()
        for name, port in self.inputs.items():
            if port.wires and port.all_ended:
                self._delivery.ended(name)
        if self._has_inputs and all(port.all_final for port in self.inputs.values()):
            self._jobs.put(None)

    @property
    def _has_inputs(self) -> bool:
        return any(port.wires for port in self.inputs.values())

    # The node's own thread.

    def drain(self) -> None:
        """Begin the end; safe in a signal handler."""
        self._jobs.put(Drain())

    def run(self) -> int:
        """Live until drained, finished or broken; returns the exit code."""
        self._link.start()
        code = ExitCode.CRASHED
        try:
            code = self._work()
        except Exception as error:
            self._broken(error)
        finally:
            self._link.close(2.0)
            for port in self.inputs.values():
                port.close(1.0)
            for output in self.outputs.values():
                output.close()
        return code

    def _work(self) -> ExitCode:
        while True:
            job = self._jobs.get()
            if isinstance(job, Configure):
                if not self._configure(job):
                    return ExitCode.MISCONFIGURED
            elif isinstance(job, RequestMessage):
                self._answer(job)
            elif isinstance(job, BaseException):
                self._broken(job)
                return ExitCode.CRASHED
            else:
                ordered = isinstance(job, Drain)
                self._finish(ordered=ordered)
                # Unasked, the word alone counts: one that crashes is started again. Asked, it may come too late.
                return ExitCode.CRASHED if ordered and self._state is NodeState.FAILED else ExitCode.DONE

    def _broken(self, error: BaseException) -> None:
        logger.error("the component broke", exc_info=error)
        self.set_state(NodeState.FAILED, f"{type(error).__name__}: {error}")

    def _configure(self, message: Configure) -> bool:
        """Apply parameters; False where the very first ones are refused."""
        first = not self._observed
        if not first and message.revision <= self._observed:
            return True
        try:
            self._delivery.configure(message.parameters)
        except Exception as error:
            reason = str(error) if isinstance(error, ParameterRefused) else f"{type(error).__name__}: {error}"
            logger.warning("parameters of revision %d refused: %s", message.revision, reason, exc_info=True)
            self._refused = {"revision": message.revision, "reason": reason}
            if first:
                self.set_state(NodeState.FAILED, reason)
            self._link.report_soon()
            return not first
        self._refused = None
        self._observed = message.revision
        if first:
            self._component.start()
            self._source = self._delivery.begin(self._source_ended)
            if self._state is NodeState.STARTING:
                self.set_state(NodeState.READY)
            logger.info("ready after %.3f s", time.monotonic() - self._started)
        self._link.report_soon()
        return True

    def _answer(self, message: RequestMessage) -> None:
        def answer(status: int, body: dict[str, Any]) -> None:
            self._link.send(Reply(message.id, status, body))

        request = Request(message.kind, message.body, message.deadline_ns, answer)
        try:
            self._component.handle_request(request)
        except Exception as error:
            logger.exception("the request %s broke", message.kind)
            request.reply(500, {"title": f"{type(error).__name__}: {error}"})

    def _source_ended(self, error: BaseException | None) -> None:
        if not self.stopping.is_set():
            self._jobs.put(error)

    def _finish(self, *, ordered: bool) -> None:
        """Drain: sources stop, readers take what still comes, files are closed, readers downstream are told."""
        self.set_state(NodeState.DRAINING, "" if ordered else "the media came to its end")
        self.stopping.set()
        if self._source:
            self._source.join(_RUN_END_SECONDS)
        deadline = time.monotonic() + _INPUTS_END_SECONDS
        while not all(port.all_ended for port in self.inputs.values()) and time.monotonic() < deadline:
            time.sleep(0.005)
        for port in self.inputs.values():
            port.close(1.0)
        self._delivery.stop()
        for output in self.outputs.values():
            output.end(final=not ordered)
