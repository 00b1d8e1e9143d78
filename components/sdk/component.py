"""What a component is: a class whose methods the sdk calls."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from components.contract.node_states import NodeState
from components.sdk.artifacts import ArtifactFile
from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, Frame, VideoFrame
from components.sdk.input import Input
from components.sdk.output import Output
from components.sdk.run_clock import RunClock


class ParameterRefused(Exception):
    """Raise from `configure` to refuse parameters; say which one and what would do instead."""


class Request:
    """Something asked of a gateway; answer it once, from any thread.

    Attributes:
        kind: "whip-offer", ...
        body: depends on the kind.
        deadline_ns: on the run's clock; nobody waits for an answer after it.
    """

    def __init__(
        self, kind: str, body: dict[str, Any], deadline_ns: int, answer: Callable[[int, dict[str, Any]], None]
    ) -> None:
        self.kind = kind
        self.body = body
        self.deadline_ns = deadline_ns
        self._answer: Callable[[int, dict[str, Any]], None] | None = answer
        self._lock = threading.Lock()

    def reply(self, status: int, body: dict[str, Any]) -> None:
        """Answer with an HTTP status and a JSON body; a second answer is ignored."""
        with self._lock:
            answer, self._answer = self._answer, None
        if answer:
            answer(status, body)


class Node(Protocol):
    """What the sdk offers a component; `components.sdk.node` is the real one."""

    clock: RunClock
    inputs: dict[str, Input]
    outputs: dict[str, Output]
    stopping: threading.Event

    def set_state(self, state: NodeState, reason: str) -> None:
        """Say how the component is doing."""

    def open_artifact(self, name: str, media_type: str) -> ArtifactFile:
        """Ask the agent for a file."""


class Component:
    """Base of all components. `__init__` must have no side effect: work begins with `start`.

    Attributes:
        parameters: in force, defaults filled in.
        log: written to the instance's log.
        clock: the run's clock.
        inputs: by port name: how many wires each has, and whom to ask for a keyframe.
        outputs: by port name.
        measures: counts of the component's own, shown with the node.
        stopping: set when draining begins.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self.parameters: dict[str, Any] = {}
        self.log = logging.getLogger(type(self).__module__)
        self.clock = node.clock
        self.inputs = node.inputs
        self.outputs = node.outputs
        self.measures: dict[str, float] = {}
        self.stopping = node.stopping

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Take parameters: before `start`, and again on every live change, never while a frame is processed.

        `self.parameters` still holds the old ones; they are replaced when this returns. Raising (best
        `ParameterRefused`) refuses the change: the old ones stay in force and the reason is shown.
        """

    def start(self) -> None:
        """Begin; parameters are set. The node is ready when this returns, unless it says otherwise."""

    def stop(self) -> None:
        """The last frame has been processed: close what is open. Outputs can still be written."""

    def handle_request(self, request: Request) -> None:
        """Answer a request (gateways)."""
        request.reply(501, {"title": f"This component does not answer {request.kind}"})

    def set_state(self, state: NodeState, reason: str = "") -> None:
        """Say how it is doing, by the component's own judgement."""
        self._node.set_state(state, reason)

    def open_artifact(self, name: str, media_type: str) -> ArtifactFile:
        """A file to write to, append-only; waits up to 10 s for the agent.

        Raises:
            ArtifactRefused: the manifest asks for no artifacts, the name is unsafe, or nobody answered.
        """
        return self._node.open_artifact(name, media_type)


class Transform(Component):
    """One frame in, one frame out (or none). Write `process`, and `configure` where parameters need work.

    Its manifest has one input and one output of the same type. Video arrives writable in the memory that
    the output sends from: edit it in place.
    """

    def process(self, frame: VideoFrame) -> Frame | None:
        """Return the frame to send: the one given, edited, or another; None sends nothing.

        Components of sound or data override `process_audio` or `process_data` instead.
        """
        return frame

    def process_audio(self, frame: AudioFrame) -> Frame | None:
        """The same for sound."""
        return frame

    def process_data(self, message: DataMessage) -> Frame | None:
        """The same for data."""
        return message

    def process_encoded(self, frame: EncodedFrame) -> Frame | None:
        """The same where the manifest takes encoded media."""
        return frame


class Source(Component):
    """Media begins here: `run` writes to the outputs until `stopping` is set."""

    def run(self) -> None:
        """Runs in a thread of its own; returning before `stopping` is set ends the media for good."""
        self.stopping.wait()


class Sink(Component):
    """Media ends here."""

    def receive(self, port: str, frame: Frame) -> None:
        """Take a frame; called from one thread a wire. A raw picture's pixels are valid until this returns."""

    def ended(self, port: str) -> None:
        """Nothing more comes on this port."""
