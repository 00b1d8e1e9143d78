"""The interface between what is wanted and a machine that runs it.

Verbs are idempotent and drivers keep nothing in memory: everything can be recovered from labels, by any process.
"""

import dataclasses
import datetime
import enum
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from factory.foundation.errors import OurError, TemporaryError, UserError


class EngineState(enum.StrEnum):
    """What the engine sees of an instance."""

    ABSENT = "absent"
    CREATED = "created"
    PAUSED = "paused"
    RUNNING = "running"
    EXITED = "exited"
    UNKNOWN = "unknown"


class Network(enum.StrEnum):
    """What an instance can reach beside its wires."""

    NONE = "none"
    RUN = "run"
    """A network of its run."""


@dataclasses.dataclass(frozen=True)
class Labels:
    """What every container, network and volume of ours carries, so that anyone can tell whose it is.

    Attributes:
        install: this installation; nothing of another is ever touched.
        attempt: counts the instances of one node of one run from 1.
        epoch: the lease under which it was started.
        deadline: seconds since the Unix epoch after which the agent stops it, whatever else is down.
    """

    install: str
    team: str
    run: str
    node: str
    attempt: int
    epoch: int
    deadline: int

    def as_strings(self) -> dict[str, str]:
        """`{"factory.install": ..., ...}` as engines keep them."""
        return {f"factory.{name}": str(value) for name, value in dataclasses.asdict(self).items()}

    @classmethod
    def from_strings(cls, labels: dict[str, str]) -> "Labels | None":
        """Read them back; None where any is missing or broken, which means: not ours."""
        try:
            values = {field.name: labels[f"factory.{field.name}"] for field in dataclasses.fields(cls)}
            numbers = {name: int(values[name]) for name in ("attempt", "epoch", "deadline")}
        except (KeyError, ValueError):
            return None
        return cls(install=values["install"], team=values["team"], run=values["run"], node=values["node"], **numbers)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What an instance may use.

    Attributes:
        memory_bytes: memory and swap together.
        cpus: share of processors, 0.5 is half of one.
        pids: processes and threads.
        open_files: file descriptors.
        file_bytes: size of a file it writes, the artifact quota; enforced by the kernel.
    """

    memory_bytes: int
    cpus: float
    pids: int
    open_files: int = 1024
    file_bytes: int = 4 * 1024**3


@dataclasses.dataclass(frozen=True)
class InstanceSpec:
    """Everything a driver may be told; there is no way to ask for a mount, a device or a capability.

    Attributes:
        name: `pf-<run>-<node>-<attempt>`; the engine refuses a second one.
        image: image reference, for drivers that run images.
        digest: the id that the image must have; empty where its reference decides.
        folder: the component's folder, for drivers that run processes; None where it was installed as an image.
        socket_directory: on this host; seen by the instance read-only at `/run/factory`.
    """

    name: str
    image: str
    folder: Path | None
    labels: Labels
    limits: Limits
    socket_directory: Path
    network: Network = Network.NONE
    digest: str = ""


@dataclasses.dataclass(frozen=True)
class Seen:
    """One instance as the engine sees it; times are the engine's own, and usage is computed from them alone."""

    name: str
    state: EngineState
    labels: Labels | None = None
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None
    exit_code: int | None = None
    out_of_memory: bool = False
    error: str = ""


@dataclasses.dataclass(frozen=True)
class EngineEvent:
    """The engine saw an instance start or end; a hint to look, never the truth (engines replay nothing)."""

    name: str
    labels: Labels
    kind: str
    """"started" or "exited"."""


@dataclasses.dataclass(frozen=True)
class Health:
    """What `check` found.

    Attributes:
        engine: name and version, for people.
        isolated: whether instances are walled off from the host and from each other.
    """

    engine: str
    isolated: bool


class DriverUnavailable(TemporaryError):
    """The engine does not answer; nothing is known about the instances."""

    id: ClassVar[str] = "driver:ours:unavailable"


class StartRefused(UserError):
    """The engine will never start this as asked: the image is missing, or the component is not there."""

    id: ClassVar[str] = "driver:user:start-refused"


class StartFailed(OurError):
    """The engine tried and failed; another attempt may help."""

    id: ClassVar[str] = "driver:ours:start-failed"


class ImageRefused(UserError):
    """The engine will never take this image in, or the folder cannot be built; the message says why."""

    id: ClassVar[str] = "driver:user:image-refused"


class Driver(Protocol):
    """Runs instances. Built from an install id; touches nothing without its label."""

    def check(self) -> Health:
        """Whether the engine answers.

        Raises:
            DriverUnavailable: it does not.
        """

    def start(self, spec: InstanceSpec) -> Seen:
        """Create and start; an instance of this name that exists is started if only created, else left as it is.

        Raises:
            DriverUnavailable, StartRefused, StartFailed.
        """

    def stop(self, name: str, *, grace_seconds: float) -> Seen:
        """Ask it to end (SIGTERM), kill it after the grace; returns once it has exited. Absent is fine."""

    def inspect(self, name: str) -> Seen:
        """One instance; state `ABSENT` where there is none or it is not ours."""

    def list_owned(self, run: str | None = None) -> list[Seen]:
        """Every instance with our install label in any state, of one run or of all."""

    def logs(self, name: str, *, tail: int) -> str:
        """The last `tail` lines of what it wrote to stdout and stderr; empty where absent."""

    def discard(self, name: str) -> None:
        """Remove an instance that is not running, with everything the engine keeps of it. Absent is fine.

        Raises:
            StillRunning: it runs; stop it first.
        """

    def sweep(self, *, live_runs: frozenset[str], over: frozenset[str] = frozenset()) -> list[str]:
        """Remove what the driver made for runs that are over (networks, folders); returns their names.

        Args:
            live_runs: these keep what they have. One that is in neither set may have begun a moment ago: what
                was made for it just now is spared.
            over: runs that are known to be over.
        """

    def load_image(self, path: Path) -> str:
        """Take in the image of an archive that `image_archive.write_clean` wrote; returns its id, `sha256:...`.

        Taking one in twice is fine. It is kept until it is removed.

        Raises:
            DriverUnavailable, ImageRefused.
        """

    def build_image(self, folder: Path) -> str:
        """Build a component's folder by the recipe in it, on the newest sdk image; returns the image's id.

        Raises:
            DriverUnavailable, ImageRefused: with the last lines of what the recipe said.
        """

    def kept_images(self) -> frozenset[str]:
        """The ids of all images that were loaded or built here, by whomever, and not removed.

        Raises:
            DriverUnavailable: the engine does not answer.
        """

    def remove_image(self, image: str) -> None:
        """Let go of an image that was loaded or built; absent is fine. What has another name, or instances, stays.

        Raises:
            DriverUnavailable: the engine does not answer.
        """

    def close(self) -> None:
        """End `events` and give connections back; instances live on."""


@runtime_checkable
class WatchesEvents(Protocol):
    """A driver whose engine tells when instances start and end."""

    def events(self) -> Iterator[EngineEvent]:
        """Blocks between events; ends when the engine closes the stream. Starts from now, replays nothing."""
