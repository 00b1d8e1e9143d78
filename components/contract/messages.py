"""The control messages between the agent and an instance. Standard library alone.

JSON lines of at most `MAX_LINE_BYTES` on a Unix stream socket. A line states in `fds` how many file
descriptors were sent with it (SCM_RIGHTS); the reader keeps a queue of descriptors and takes that many.
Unknown keys are ignored, so either side may be newer.
"""

import dataclasses
import json
from typing import Any, ClassVar, Self

MAX_LINE_BYTES = 64 * 1024
CONTRACT_VERSION = 1
CONTROL_SOCKET = "control.sock"
CONTROL_DIRECTORY = "/run/factory"
"""Where an instance's own directory is mounted inside its container."""
CONTROL_ENVIRONMENT = "FACTORY_CONTROL"
"""Environment variable: path of the control socket, where it is not in `CONTROL_DIRECTORY`."""


class MessageError(Exception):
    """A control message is malformed, unknown or too long."""


@dataclasses.dataclass(frozen=True)
class Message:
    """One control message; `op` names it on the line."""

    op: ClassVar[str] = ""
    fds: ClassVar[int] = 0

    @property
    def descriptors(self) -> int:
        """How many file descriptors travel with it."""
        return self.fds

    def to_line(self) -> bytes:
        """The JSON line, newline included.

        Raises:
            MessageError: longer than `MAX_LINE_BYTES`.
        """
        body = {"op": self.op, "fds": self.descriptors, **dataclasses.asdict(self)}
        line = json.dumps(body, separators=(",", ":")).encode() + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise MessageError(f"a {self.op} message of {len(line)} bytes is over the limit of {MAX_LINE_BYTES}")
        return line

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """Build from a decoded line, ignoring unknown keys."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in fields.items() if name in known})


# Down: agent to instance.


@dataclasses.dataclass(frozen=True)
class Configure(Message):
    """First message after `hello`, and again for every change of parameters.

    Attributes:
        revision: grows with every change; the component answers with it as `observed_revision`.
        parameters: all of them, defaults filled in.
        ports: `{"inputs": {name: port}, "outputs": {name: port}}` (an input and an output may share a name),
            each port `{"type", "formats", "wires"}`: the formats planned for it in order of preference, and how
            many wires it has.
        clock: `{"hello_ns", "agent_ns"}`: the instance's own stamp from its `hello`, and the run's clock when
            the agent read it.
    """

    op: ClassVar[str] = "configure"
    revision: int
    parameters: dict[str, Any]
    ports: dict[str, dict[str, dict[str, Any]]]
    clock: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Attach(Message):
    """One end of a wire: descriptor 0 is its socket, descriptor 1 (if `ring`) the ring's memory.

    Attributes:
        wire: the wire's id in the run.
        generation: grows with every new pair of this wire.
        port: the port of this node.
        end: "output" (this node writes) or "input" (it reads).
        formats: what may flow here, in order of preference.
        join: "cache" or "keyframe": how a reader of encoded media starts.
        ring: `{"slots", "slot_bytes"}` or None.
    """

    op: ClassVar[str] = "attach"
    wire: str
    generation: int
    port: str
    end: str
    formats: list[str]
    join: str = "cache"
    ring: dict[str, int] | None = None

    @property
    def descriptors(self) -> int:
        """The socket, and the ring where there is one."""
        return 2 if self.ring else 1


@dataclasses.dataclass(frozen=True)
class Detach(Message):
    """Give this end up; a later generation replaces it, or the wire is gone."""

    op: ClassVar[str] = "detach"
    wire: str
    generation: int


@dataclasses.dataclass(frozen=True)
class Request(Message):
    """Something asked of a gateway (an SDP offer, the end of a session); at most once, never retried.

    Attributes:
        id: repeated in the `reply`.
        kind: "whip-offer", "whip-delete", ...
        body: depends on the kind.
        deadline_ns: on the run's clock; an answer after it is of no use.
    """

    op: ClassVar[str] = "request"
    id: str
    kind: str
    body: dict[str, Any]
    deadline_ns: int


@dataclasses.dataclass(frozen=True)
class Artifact(Message):
    """An append-only descriptor for the file asked for by the event `artifact_wanted` with this id."""

    op: ClassVar[str] = "artifact"
    fds: ClassVar[int] = 1
    id: str
    name: str
    quota_bytes: int


@dataclasses.dataclass(frozen=True)
class Refused(Message):
    """What was asked for by an event with this id cannot be had."""

    op: ClassVar[str] = "refused"
    id: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Drain(Message):
    """Take nothing new, write out what is held, close every artifact, exit with 0."""

    op: ClassVar[str] = "drain"
    seconds: float = 5.0


# Up: instance to agent.


@dataclasses.dataclass(frozen=True)
class Hello(Message):
    """First message on every connection.

    Attributes:
        contract: `CONTRACT_VERSION` of the sdk.
        clock_ns: the instance's monotonic clock as it sent this.
        observed_revision: 0 before the first `configure`.
        ends: wire ends held, each `{"wire", "generation", "end"}`.
        state, reason: as in `Report`.
    """

    op: ClassVar[str] = "hello"
    contract: int
    clock_ns: int
    observed_revision: int
    ends: list[dict[str, Any]]
    state: str
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Report(Message):
    """Levels, not edges; sent on every change of state or revision, else once a second.

    Attributes:
        state: a `NodeState`.
        reason: why, where the state is not ready.
        observed_revision: the revision whose parameters are in force.
        refused: `{"revision", "reason"}` of the newest parameters that the component refused, or None.
        inputs: wire to counters `{"generation", "format", "messages", "bytes", "frames", "lost",
            "jitter_us", "keyframe_age_ms", "hop_us", "age_ms"}`; counts grow over the life of the instance.
        outputs: wire to `{"generation", "format", "messages", "bytes", "dropped", "unread"}`.
        measures: the component's and the sdk's own counts, such as `{"frames_decoded", "encoders_started"}`.
        ends: wire ends held, each `{"wire", "generation", "end"}`.
    """

    op: ClassVar[str] = "report"
    state: str
    reason: str
    observed_revision: int
    refused: dict[str, Any] | None
    inputs: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]]
    measures: dict[str, float]
    ends: list[dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Event(Message):
    """Something that happened once, or something asked of the agent.

    Kinds: `ring_wanted` {port, slot_bytes}; `artifact_wanted` {id, name, media_type}; `artifact_closed` {id};
    `detached` {wire, generation, why}; `notice` {text}: a line for the node's log on the canvas.
    """

    op: ClassVar[str] = "event"
    kind: str
    body: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Reply(Message):
    """The answer to a `request`; `status` is an HTTP status code."""

    op: ClassVar[str] = "reply"
    id: str
    status: int
    body: dict[str, Any]


Down = Configure | Attach | Detach | Request | Artifact | Refused | Drain
Up = Hello | Report | Event | Reply

DOWN: dict[str, type[Message]] = {
    kind.op: kind for kind in (Configure, Attach, Detach, Request, Artifact, Refused, Drain)
}
UP: dict[str, type[Message]] = {kind.op: kind for kind in (Hello, Report, Event, Reply)}


def parse_line(line: bytes, known: dict[str, type[Message]]) -> tuple[Message, int]:
    """Read one line as `(message, descriptors stated)`; `known` is `UP` or `DOWN`.

    Raises:
        MessageError: too long, not a JSON object, an unknown op, or fields missing.
    """
    if len(line) > MAX_LINE_BYTES:
        raise MessageError(f"a line of {len(line)} bytes is over the limit of {MAX_LINE_BYTES}")
    try:
        fields = json.loads(line)
        kind = known[fields["op"]]
        stated = int(fields.get("fds", 0))
        return kind.from_fields(fields), stated
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MessageError(f"not a control message: {error!r}") from None
