"""A real driver without an engine: it acts out every failure that tests ask of it.

As `FACTORY_DRIVER=tests.fakes.fake_driver.build` it keeps its world in `<state>/fake_driver.json`, where several
processes share it, and where a test may write `{"acts": {"overlay": {"exit_code": 3, "run_for": 0.5}}}` beforehand.
"""

import contextlib
import dataclasses
import datetime
import fcntl
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from factory.drivers import polled_events
from factory.drivers.driver import (
    DriverUnavailable,
    EngineEvent,
    EngineState,
    Health,
    ImageRefused,
    InstanceSpec,
    Labels,
    Network,
    Seen,
    StartFailed,
    StartRefused,
)
from factory.drivers.instance_names import require_instance_name
from factory.drivers.still_running import StillRunning
from factory.foundation.clock import now as wall_clock
from factory.foundation.faults import fault_point

World = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Act:
    """How the instances of one component behave. Times are seconds from their start.

    Attributes:
        start_error: nothing is created, `StartFailed` says this.
        start_refused: nothing is created, `StartRefused` says this.
        create_then_raise: the first start creates, does not start, and raises as a lost engine would.
        start_then_raise: every start works and raises all the same.
        slow_start: how long a start takes.
        hang: how long a start and a stop take before they give up as unavailable.
        run_for: it ends by itself with `exit_code`.
        kill_after: it is killed from outside.
        oom: being killed was for want of memory.
        ignores_sigterm: a stop takes all of its grace.
        logs: what it writes.
    """

    start_error: str = ""
    start_refused: str = ""
    create_then_raise: bool = False
    start_then_raise: bool = False
    slow_start: float = 0.0
    hang: float = 0.0
    run_for: float | None = None
    exit_code: int = 0
    kill_after: float | None = None
    oom: bool = False
    ignores_sigterm: bool = False
    logs: str = ""


def _called(spec: InstanceSpec) -> str:
    """Whose acts an instance plays: of its component's folder, or of its image."""
    return spec.folder.name if spec.folder is not None else spec.digest


def build(install: str, state: Path) -> "FakeDriver":
    """The driver whose world is a file under `state`."""
    return FakeDriver(install, file=state / "fake_driver.json")


class FakeDriver:
    """See `Driver`. Instances are rows; what they do is computed from the clock when somebody looks."""

    def __init__(
        self,
        install: str,
        *,
        acts: dict[str, Act] | None = None,
        file: Path | None = None,
        world: World | None = None,
        lose_events: bool = False,
        clock: Callable[[], datetime.datetime] = wall_clock,
    ) -> None:
        """Acts are found by the name of the component's folder; `*` is for all others."""
        self._install = install
        self._file = file
        self._world: World = world if world is not None else {}
        self._lock = threading.Lock()
        self._clock = clock
        self._closed = threading.Event()
        with self._open() as open_world:
            open_world["acts"].update({name: dataclasses.asdict(act) for name, act in (acts or {}).items()})
            open_world["lose_events"] = open_world["lose_events"] or lose_events
            if (seconds := open_world.pop("unavailable_for", None)) is not None:
                open_world["unavailable_until"] = self._clock().timestamp() + seconds

    @property
    def starts(self) -> list[str]:
        """The name of every instance that truly started, in order; one that is in it twice was started twice."""
        with self._open() as world:
            return list(world["starts"])

    def act(self, component: str, act: Act) -> None:
        """From now on the instances of this component behave so."""
        with self._open() as world:
            world["acts"][component] = dataclasses.asdict(act)

    def fall_silent(self, seconds: float) -> None:
        """The engine does not answer for so long; instances run on."""
        with self._open() as world:
            world["unavailable_until"] = self._clock().timestamp() + seconds

    def check(self) -> Health:
        with self._answer():
            return Health(engine="fake", isolated=False)

    def start(self, spec: InstanceSpec) -> Seen:
        require_instance_name(spec.name)
        with self._answer() as world:
            act = self._act_of(world, _called(spec))
            self._refuse(spec, act, world["images"])
        self._take_time(act.slow_start, act.hang)
        with self._answer() as world:
            row = world["instances"].get(spec.name)
            created = row is None
            if row is None:
                row = self._create(world, spec)
        if created:
            fault_point("after_create")
            if act.create_then_raise:
                raise DriverUnavailable("The fake engine created it and fell silent; try again")
        with self._answer() as world:
            row = world["instances"][spec.name]
            if row["labels"].get("install") != self._install:
                raise StartRefused(f"{spec.name} exists and is not ours; remove it by hand")
            if row["started_at"] is None:
                row["started_at"] = self._clock().isoformat()
                world["starts"].append(spec.name)
            seen = self._see(world, spec.name)
        if act.start_then_raise:
            raise DriverUnavailable("The fake engine started it and fell silent; try again")
        return seen

    def stop(self, name: str, *, grace_seconds: float) -> Seen:
        with self._answer() as world:
            seen = self._see(world, name)
            if seen.state is not EngineState.RUNNING:
                return seen
            act = Act(**world["instances"][name]["act"])
        self._take_time(grace_seconds if act.ignores_sigterm else 0, act.hang)
        with self._answer() as world:
            if self._see(world, name).state is EngineState.RUNNING:
                world["instances"][name]["stopped_at"] = self._clock().isoformat()
                world["instances"][name]["stop_code"] = 137 if act.ignores_sigterm else 0
            return self._see(world, name)

    def inspect(self, name: str) -> Seen:
        with self._answer() as world:
            return self._see(world, name)

    def list_owned(self, run: str | None = None) -> list[Seen]:
        with self._answer() as world:
            seen = [self._see(world, name) for name in sorted(world["instances"])]
        return [one for one in seen if one.labels is not None and run in (None, one.labels.run)]

    def logs(self, name: str, *, tail: int) -> str:
        with self._answer() as world:
            if self._see(world, name).state is EngineState.ABSENT:
                return ""
            lines = str(world["instances"][name]["act"]["logs"]).splitlines(keepends=True)
        return "".join(lines[-tail:]) if tail > 0 else ""

    def discard(self, name: str) -> None:
        with self._answer() as world:
            seen = self._see(world, name)
            if seen.state is EngineState.RUNNING:
                raise StillRunning(f"{name} is running; stop it before it is discarded")
            if seen.state is not EngineState.ABSENT:
                del world["instances"][name]

    def sweep(self, *, live_runs: frozenset[str], over: frozenset[str] = frozenset()) -> list[str]:
        with self._answer() as world:
            peopled = {row["labels"].get("run") for row in world["instances"].values()}
            swept = [run for run in world["networks"] if run not in live_runs - over and run not in peopled]
            world["networks"] = [run for run in world["networks"] if run not in swept]
            return swept

    def events(self) -> Iterator[EngineEvent]:
        with self._answer() as world:
            lost = bool(world["lose_events"])
        look: Callable[[], list[Seen]] = list if lost else self.list_owned
        return polled_events.watch(look, closed=self._closed)

    def load_image(self, path: Path) -> str:
        return self._take_in(path.read_bytes())

    def build_image(self, folder: Path) -> str:
        files = sorted(each for each in folder.rglob("*") if each.is_file())
        return self._take_in(b"\0".join(each.read_bytes() for each in files))

    def kept_images(self) -> frozenset[str]:
        with self._answer() as world:
            return frozenset(world["images"])

    def remove_image(self, image: str) -> None:
        with self._answer() as world:
            world["images"] = [each for each in world["images"] if each != image]

    def close(self) -> None:
        """End every event stream."""
        self._closed.set()

    def _take_in(self, content: bytes) -> str:
        """As an engine does: the same content is the same image. Act `images` refuses or takes its time."""
        with self._answer() as world:
            act = self._act_of(world, "images")
        if act.start_refused:
            raise ImageRefused(act.start_refused)
        self._take_time(act.slow_start, act.hang)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        with self._answer() as world:
            world["images"] = sorted({*world["images"], digest})
        return digest

    def _refuse(self, spec: InstanceSpec, act: Act, images: list[str]) -> None:
        if spec.labels.install != self._install:
            raise StartRefused(f"{spec.name} belongs to installation {spec.labels.install}, not to {self._install}")
        if spec.folder is None and spec.digest not in images:
            raise StartRefused(f"The image {spec.digest} is missing; install the component again")
        if spec.folder is not None and not spec.folder.is_dir():
            raise StartRefused(f"{spec.folder} is missing; put the component there")
        if act.start_refused:
            raise StartRefused(act.start_refused)
        if act.start_error:
            raise StartFailed(act.start_error)

    def _create(self, world: World, spec: InstanceSpec) -> World:
        labels = dataclasses.asdict(spec.labels)
        act = dataclasses.asdict(self._act_of(world, _called(spec)))
        if spec.network is Network.RUN and spec.labels.run not in world["networks"]:
            world["networks"].append(spec.labels.run)
        row = {"labels": labels, "act": act, "started_at": None, "stopped_at": None, "stop_code": None}
        world["instances"][spec.name] = row
        return row

    def _see(self, world: World, name: str) -> Seen:
        row = world["instances"].get(name)
        if row is None or row["labels"].get("install") != self._install:
            return Seen(name=name, state=EngineState.ABSENT)
        seen = Seen(name=name, state=EngineState.CREATED, labels=Labels(**row["labels"]))
        if row["started_at"] is None:
            return seen
        act = Act(**row["act"])
        started_at = datetime.datetime.fromisoformat(row["started_at"])
        ends: list[tuple[datetime.datetime, int, bool]] = []
        if row["stopped_at"] is not None:
            ends.append((datetime.datetime.fromisoformat(row["stopped_at"]), row["stop_code"], False))
        if act.run_for is not None:
            ends.append((started_at + datetime.timedelta(seconds=act.run_for), act.exit_code, False))
        if act.kill_after is not None:
            ends.append((started_at + datetime.timedelta(seconds=act.kill_after), 137, act.oom))
        ended = min((end for end in ends if end[0] <= self._clock()), default=None)
        if ended is None:
            return dataclasses.replace(seen, state=EngineState.RUNNING, started_at=started_at)
        finished_at, code, out_of_memory = ended
        return dataclasses.replace(
            seen,
            state=EngineState.EXITED,
            started_at=started_at,
            finished_at=finished_at,
            exit_code=code,
            out_of_memory=out_of_memory,
        )

    def _act_of(self, world: World, component: str) -> Act:
        return Act(**world["acts"].get(component, world["acts"].get("*", {})))

    def _take_time(self, seconds: float, hang: float) -> None:
        if hang:
            time.sleep(hang)
            raise DriverUnavailable("The fake engine hung; try again")
        time.sleep(seconds)

    @contextlib.contextmanager
    def _answer(self) -> Iterator[World]:
        """The world, unless the engine is silent."""
        with self._open() as world:
            if self._clock().timestamp() < world["unavailable_until"]:
                raise DriverUnavailable("The fake engine does not answer; wait")
            yield world

    @contextlib.contextmanager
    def _open(self) -> Iterator[World]:
        with self._lock, self._stored():
            for key, empty in (("acts", {}), ("instances", {}), ("networks", []), ("starts", []), ("images", [])):
                self._world.setdefault(key, empty)
            self._world.setdefault("lose_events", False)
            self._world.setdefault("unavailable_until", 0.0)
            yield self._world

    @contextlib.contextmanager
    def _stored(self) -> Iterator[None]:
        """Around each look at the world: read it from the file before, write it back after."""
        if self._file is None:
            yield
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            self._world = json.loads(file.read() or "{}")
            yield
            file.seek(0)
            file.truncate()
            json.dump(self._world, file)
