"""Whether an engine is there: one that runs counts, one that has ended does not, even before anybody asks how."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.setup import start_engine


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of that name, by its pid file."""
    program = tmp_path / "dockerd"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([program, "60"])
    pid_file = tmp_path / "dockerd.pid"
    pid_file.write_text(str(process.pid))
    monkeypatch.setattr(start_engine, "PID_FILES", (pid_file, tmp_path / "never written"))
    yield process
    process.kill()
    process.wait()


def test_an_engine_that_runs_is_alive(engine: "subprocess.Popen[bytes]") -> None:
    assert start_engine.is_alive()


def test_an_engine_that_was_killed_is_not_alive_though_nobody_waited_for_it(engine: "subprocess.Popen[bytes]") -> None:
    engine.kill()
    deadline = time.monotonic() + 10
    while ") Z" not in Path(f"/proc/{engine.pid}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)

    assert not start_engine.is_alive()


def test_another_program_under_the_old_number_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid_file = tmp_path / "dockerd.pid"
    monkeypatch.setattr(start_engine, "PID_FILES", (pid_file,))
    with subprocess.Popen(["sleep", "60"]) as other:
        pid_file.write_text(str(other.pid))
        assert not start_engine.is_alive()
        other.kill()
