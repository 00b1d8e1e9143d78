import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory.doors.nodes.deadlines import Deadlines, overdue
from factory.doors.nodes.engine_watch import EngineWatch
from factory.drivers.driver import DriverUnavailable, EngineEvent, EngineState, InstanceSpec, Labels, Limits, Seen
from factory.drivers.process_driver import ProcessDriver

LABELS = Labels(install="test", team="alice", run="run", node="camera", attempt=1, epoch=1, deadline=1000)


class Instances:
    """Real processes that would sleep on, under the process driver."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.driver = ProcessDriver("test", folder / "state", command=lambda _folder: ["/bin/sleep", "300"])
        (folder / "component.yaml").touch()

    def start(self, node: str, *, deadline: int) -> str:
        name = f"pf-run-{node}-1"
        labels = Labels("test", "alice", "run", node, 1, 1, deadline)
        limits = Limits(memory_bytes=2**28, cpus=1, pids=16)
        spec = InstanceSpec(name, "", self.folder, labels, limits, self.folder)
        assert self.driver.start(spec).state is EngineState.RUNNING
        return name

    def close(self) -> None:
        for seen in self.driver.list_owned():
            self.driver.stop(seen.name, grace_seconds=0)
            self.driver.discard(seen.name)
        self.driver.close()


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[Instances]:
    instances = Instances(tmp_path)
    yield instances
    instances.close()


def test_only_what_lives_past_its_deadline_is_overdue() -> None:
    living = [Seen(state, EngineState(state), LABELS) for state in ("running", "paused", "created")]
    others = [Seen("exited", EngineState.EXITED, LABELS), Seen("foreign", EngineState.RUNNING, None)]
    assert overdue(living + others, now_seconds=1001) == living
    assert overdue(living + others, now_seconds=999) == []


def test_an_overdue_process_dies_and_the_others_live(instances: Instances) -> None:
    late = instances.start("late", deadline=int(time.time()) - 1)
    early = instances.start("early", deadline=int(time.time()) + 1000)
    for thread in Deadlines(instances.driver).look():
        thread.join(20)
    assert instances.driver.inspect(late).state is EngineState.EXITED
    assert instances.driver.inspect(early).state is EngineState.RUNNING


@pytest.mark.slow
def test_an_engine_that_does_not_answer_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    class Away(ProcessDriver):
        looks = 0
        looked_again = threading.Event()

        def list_owned(self, run: str | None = None) -> list[Seen]:
            self.looks += 1
            if self.looks > 1:
                self.looked_again.set()
            raise DriverUnavailable("it does not answer")

    driver = Away("test", Path("/nonexistent"))
    watch = Deadlines(driver)
    watch.start()
    assert driver.looked_again.wait(20)
    watch.stop()
    assert "does not answer" in caplog.text


def test_starts_and_ends_are_told(instances: Instances) -> None:
    told: list[tuple[str, str]] = []
    ended = threading.Event()

    def tell(event: EngineEvent) -> None:
        told.append((event.kind, event.name))
        if event.kind == "exited":
            ended.set()

    watch = EngineWatch(instances.driver, tell)
    watch.start()
    # The watch tells of what comes after its first look.
    name = ""
    for number in range(100):
        name = instances.start(f"camera{number}", deadline=2**31)
        time.sleep(0.2)
        if told:
            break
    instances.driver.stop(name, grace_seconds=0)
    assert ended.wait(20)
    assert ("exited", name) in told
    watch.stop()
