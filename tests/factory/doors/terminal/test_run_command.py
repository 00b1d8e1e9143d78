"""The commands as a person types them, with everything real: services, processes, sockets, media, files."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from factory.doors.terminal.run_files import read_duration

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
PATIENCE_SECONDS = 60.0


class Terminal:
    """An installation of its own in which commands are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "FACTORY_STATE": str(folder / "state"),
            "FACTORY_SOCKETS": str(folder / "s"),
            "FACTORY_OUTPUT": str(folder / "artifacts"),
            "FACTORY_DRIVER": "process",
        }
        self.environment.pop("REDIS_URL", None)
        self.environment.pop("DATABASE_URL", None)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def type(self, *words: str) -> tuple[int, str]:
        process = self.begin(*words)
        return finish(process)

    def agent(self) -> int:
        return int(json.loads((self.folder / "s" / "agent.lock").read_text())["pid"])

    def redis(self) -> int:
        with redis.Redis(unix_socket_path=str(self.folder / "s" / "redis" / "redis.sock")) as client:
            return int(client.info("server")["process_id"])

    def left(self) -> list[str]:
        """Processes that still carry this installation in their environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.folder).encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory(prefix="pf-", dir="/tmp") as folder:
        terminal = Terminal(Path(folder))
        yield terminal
        assert terminal.left() == [], "a command that has ended leaves nobody behind"


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and the rest of what it says; one that does not end is ended in order, and fails the test."""
    try:
        text, _nothing = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()
        text, _nothing = process.communicate(timeout=PATIENCE_SECONDS)
        raise AssertionError(f"it did not end:\n{text}") from None
    return process.returncode, text


def read_until(process: subprocess.Popen[str], pattern: str) -> str:
    assert process.stdout is not None
    text, deadline = "", time.monotonic() + PATIENCE_SECONDS
    while not re.search(pattern, text):
        assert time.monotonic() < deadline, text
        line = process.stdout.readline()
        assert line, f"it ended early:\n{text}"
        text += line
    return text


def test_a_pipeline_that_cannot_run_is_refused_with_every_problem_and_its_remedy(terminal: Terminal) -> None:
    wrong = terminal.folder / "wrong.yaml"
    text = (ROOT / "examples" / "hello.yaml").read_text()
    text = text.replace("test_source@", "tset_source@").replace(
        "caption.video -> file.video", "caption.video -> file.vid"
    )
    wrong.write_text(text)
    code, said = terminal.type("run", str(wrong))
    assert code == 2
    assert "camera: " in said
    assert "file.vid: " in said
    assert said.count(" -> ") >= 2


def test_a_file_that_is_no_pipeline_names_the_line(terminal: Terminal) -> None:
    wrong = terminal.folder / "wrong.yaml"
    wrong.write_text("api_version: 1\nname: x\nnodes: [\n")
    code, said = terminal.type("run", str(wrong))
    assert code == 2
    assert "line" in said


def test_a_run_that_would_take_more_than_a_day_is_refused(terminal: Terminal) -> None:
    code, said = terminal.type(
        "run", "examples/hello.yaml", "--seconds", "90000", "--output", str(terminal.folder / "out")
    )
    assert code == 1, said
    assert "deadline" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--seconds", "0", "seconds over 0"),
        ("--port", "70000", "1 to 65535"),
        ("--driver", "foo", "auto, docker, process"),
        ("--output", "/dev/null/out", "--output"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_starts(
    terminal: Terminal, option: str, value: str, remedy: str
) -> None:
    words = {"--output": str(terminal.folder / "out"), option: value}
    code, said = terminal.type("run", "examples/hello.yaml", *(word for pair in words.items() for word in pair))
    assert code in (1, 2)
    assert remedy in said
    assert "Traceback" not in said
    assert not (terminal.folder / "state" / "logs").exists()


@pytest.mark.journey
@pytest.mark.fault
def test_media_flows_on_while_agent_and_redis_are_killed_and_parameters_work_afterwards(
    terminal: Terminal,
) -> None:
    output = terminal.folder / "out"
    process = terminal.begin("run", "examples/hello.yaml", "--seconds", "10", "--output", str(output))
    said = read_until(process, r"ready for")
    assert "NOT ISOLATED" in said
    run = re.search(r"run (\w{12}):", said)
    assert run is not None
    killed = terminal.agent()
    os.kill(killed, signal.SIGKILL)
    said += read_until(process, r"the agent ended \(killed by SIGKILL\)")
    code, answer = terminal.type("set", run[1], "caption", "text=changed")
    assert (code, answer.strip()) == (0, "applied: revision 2 of caption is in force")
    assert terminal.agent() != killed
    os.kill(terminal.redis(), signal.SIGKILL)
    said += read_until(process, r"the redis ended \(killed by SIGKILL\)")
    code, answer = terminal.type("set", run[1], "caption", "text=again")
    assert (code, answer.strip()) == (0, "applied: revision 3 of caption is in force")
    code, answer = terminal.type("set", run[1], "caption", "text=1")
    assert code == 1
    code, rest = finish(process)
    assert code == 0, said + rest
    assert "restarts 0, frames lost 0" in rest
    duration = read_duration(output / "hello.mp4")
    assert duration is not None
    assert 9.5 <= duration <= 14.0


@pytest.mark.journey
def test_ctrl_c_ends_a_run_in_order_and_leaves_its_file(terminal: Terminal) -> None:
    output = terminal.folder / "out"
    process = terminal.begin("run", "examples/hello.yaml", "--output", str(output))
    read_until(process, r"ready for [1-9]")
    process.send_signal(signal.SIGINT)
    code, rest = finish(process)
    assert code == 0, rest
    assert (read_duration(output / "hello.mp4") or 0) > 0.5


@pytest.mark.journey
def test_a_node_that_cannot_work_fails_the_command_with_its_reason(terminal: Terminal) -> None:
    broken = terminal.folder / "components" / "transforms" / "overlay"
    (terminal.folder / "components").mkdir()
    for kind in ("gateways", "sinks"):
        (terminal.folder / "components" / kind).symlink_to(ROOT / "components" / kind)
    broken.mkdir(parents=True)
    for part in ("component.yaml", "icon.svg", "README.md"):
        (broken / part).write_bytes((ROOT / "components/transforms/overlay" / part).read_bytes())
    terminal.environment["FACTORY_COMPONENTS"] = str(terminal.folder / "components")
    code, said = terminal.type("run", "examples/hello.yaml", "--seconds", "1", "--output", str(terminal.folder / "out"))
    assert code == 1
    assert "reason: caption" in said
    assert "has no component.py" in said
