import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from factory.doors.terminal.supervisor import MAX_DEATHS, Service, Supervisor

PATIENCE_SECONDS = 20.0


class Watched:
    """A supervisor and what it says."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(folder / "logs", self.said.append)

    def start(self, name: str, program: str, *, stop_seconds: float = 5.0, **environment: str) -> int:
        self.supervisor.start(Service(name, (sys.executable, "-c", program), environment, stop_seconds))
        return self.supervisor.processes()[name]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.supervisor.stop()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


SLEEP = "import time; time.sleep(300)"


def test_what_dies_is_started_again_and_it_says_which(watched: Watched) -> None:
    first = watched.start("worker", SLEEP)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: watched.supervisor.processes().get("worker", first) != first)
    assert watched.said == ["the worker ended (killed by SIGKILL) and is started again"]
    assert watched.supervisor.given_up() is None


@pytest.mark.slow
def test_what_ends_again_and_again_is_given_up_with_its_last_words(watched: Watched) -> None:
    watched.start("agent", "raise SystemExit('no such setting')")
    wait_until(watched.supervisor.given_up)
    trouble = watched.supervisor.given_up() or ""
    assert "the agent ends again and again" in trouble
    assert "no such setting" in trouble
    assert len(watched.said) == MAX_DEATHS - 1


def test_stopping_ends_all_and_leaves_nobody(watched: Watched) -> None:
    child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']); "
    parent = watched.start("worker", child + "print('two', flush=True); time.sleep(300)")
    other = watched.start("agent", SLEEP)
    wait_until(lambda: "two" in watched.supervisor.log_of("worker").read_text())
    watched.supervisor.stop()
    assert not lives(parent)
    assert not lives(other)
    # The grandchild was in the session of its parent and got the same signal.
    wait_until(lambda: not members_of(parent))


def members_of(session: int) -> list[str]:
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(folder.name)
    return members


def test_one_that_clings_is_killed(watched: Watched) -> None:
    clinging = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); "
    pid = watched.start("web", clinging + "time.sleep(300)", stop_seconds=0.2)
    wait_until(lambda: "deaf" in watched.supervisor.log_of("web").read_text())
    watched.supervisor.stop()
    assert not lives(pid)
    assert watched.said == ["the web does not end and is killed"]


def test_a_service_has_its_own_session_and_environment(watched: Watched) -> None:
    program = (
        "import os; print(os.getsid(0) == os.getpid(), os.environ['COLOUR'], flush=True); import time; time.sleep(300)"
    )
    watched.start("web", program, COLOUR="blue")
    wait_until(lambda: "True blue" in watched.supervisor.log_of("web").read_text())


def test_what_was_left_runs_on(watched: Watched) -> None:
    pid = watched.start("worker", SLEEP)
    watched.supervisor.leave()
    assert lives(pid)


def test_a_program_that_is_not_there_is_an_error_at_once(watched: Watched) -> None:
    with pytest.raises(FileNotFoundError):
        watched.supervisor.start(Service("ghost", ("/nonexistent/program",)))
