"""A node's life: configured, ready, changed live, drained, broken, cut off from its agent."""

import os
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest

from components.contract.control_socket import Receiver, send
from components.contract.messages import UP, Configure, Hello, Report
from components.contract.node_states import ExitCode, NodeState
from components.sdk.frames import DataMessage, VideoFrame
from components.sdk.node import Node
from components.sdk.testing import Harness, run_component
from components.sdk.testing_wires import wait_until
from tests.components_sdk.toys.counting.component import Counting
from tests.components_sdk.toys.passing.component import Passing
from tests.components_sdk.toys.writing.component import Writing


def pictures(count: int) -> list[VideoFrame]:
    frames = [VideoFrame.blank(64, 36, index * 33_000_000, 33_000_000) for index in range(count)]
    for index, frame in enumerate(frames):
        frame.y[:] = index
    return frames


def numbers(count: int) -> list[DataMessage]:
    return [DataMessage("number", number, b"", number) for number in range(count)]


def test_a_transform_passes_drops_and_replaces() -> None:
    passed = run_component(Passing, inputs={"video": pictures(20)})
    assert [int(frame.y[0, 0]) for frame in passed.outputs["video"] if isinstance(frame, VideoFrame)] == list(range(20))
    assert (passed.states, passed.exit_code) == (["starting", "ready", "draining"], 0)
    halved = run_component(Passing, parameters={"mode": "half"}, inputs={"video": pictures(20)})
    assert len(halved.outputs["video"]) == 10
    replaced = run_component(Passing, parameters={"mode": "replace"}, inputs={"video": pictures(20)})
    assert {frame.width for frame in replaced.outputs["video"] if isinstance(frame, VideoFrame)} == {32}


def test_a_live_change_is_observed_and_used() -> None:
    with Harness(Passing, inputs=["video"]) as harness:
        report = harness.configure(mode="half")
        assert (report.observed_revision, report.refused) == (2, None)
        harness.feed("video", pictures(10))
        assert len(harness.finish().outputs["video"]) == 5


def test_a_parameter_whose_handler_is_broken_is_never_shown_as_applied() -> None:
    with Harness(Passing, inputs=["video"]) as harness:
        refused = harness.configure(mode="refuse")
        assert refused.refused == {"revision": 2, "reason": "mode: refuse is not a mode; use pass"}
        broken = harness.configure(mode="broken")
        assert broken.refused == {"revision": 3, "reason": "ZeroDivisionError: a bug in the handler"}
        assert {report.observed_revision for report in harness.reports} <= {0, 1}
        harness.feed("video", pictures(5))
        applied = harness.configure(mode="half")
        assert (applied.observed_revision, applied.refused) == (4, None)
        assert len(harness.finish().outputs["video"]) == 5


def test_a_handler_that_hangs_stops_neither_the_reports_nor_claims_anything() -> None:
    Passing.hang.clear()
    with Harness(Passing, inputs=["video"]) as harness:
        before = len(harness.reports)
        harness.begin_change(mode="hang")
        wait_until(lambda: len(harness.reports) >= before + 2, "reports go on")
        assert harness.reports[-1].observed_revision == 1
        Passing.hang.set()
        wait_until(lambda: harness.reports[-1].observed_revision == 2, "it is applied in the end")


def test_a_component_refused_at_the_start_is_misconfigured() -> None:
    harness = Harness(Passing, parameters={"mode": "refuse"}, inputs=["video"])
    with harness:
        assert harness.state == NodeState.FAILED
        assert harness.finish().exit_code == ExitCode.MISCONFIGURED
    assert harness.reports[-1].reason == "mode: refuse is not a mode; use pass"


def test_a_component_that_breaks_says_why_and_exits() -> None:
    with Harness(Passing, inputs=["video"]) as harness:
        harness.feed("video", pictures(3))
        harness.configure(mode="crash")
        harness.feed("video", pictures(1))
        assert harness.finish().exit_code == ExitCode.CRASHED
        assert (harness.state, harness.reports[-1].reason) == ("failed", "RuntimeError: a bug in process")


def test_requests_are_answered_once_and_a_broken_one_is_a_500() -> None:
    with Harness(Passing, inputs=["video"]) as harness:
        assert harness.request("echo", {"a": 1}).body == {"a": 1}
        broken = harness.request("break", {})
        assert (broken.status, broken.body) == (500, {"title": "RuntimeError: a bug in a request"})


def test_a_source_that_ends_by_itself_ends_what_follows() -> None:
    with Harness(Counting) as harness:
        wait_until(lambda: harness.exit_code is not None, "it comes to its end")
        result = harness.finish()
    counted = [frame.meta for frame in result.outputs["numbers"] if isinstance(frame, DataMessage)]
    # It counts from its start on, and its wire is attached a moment later.
    assert counted == list(range(counted[0], 11))
    assert result.exit_code == ExitCode.DONE
    assert harness.final("numbers")


def test_a_source_that_is_stopped_says_that_more_may_come() -> None:
    with Harness(Counting, parameters={"count": 0}) as harness:
        wait_until(lambda: harness.collected["numbers"], "it counts")
        harness.finish()
        assert not harness.final("numbers")


def test_a_sink_writes_its_file_to_the_end() -> None:
    result = run_component(Writing, inputs={"numbers": numbers(5)})
    assert result.artifacts == {"numbers.txt": b"0\n1\n2\n3\n4\nnumbers ended\n"}


def test_a_file_never_grows_over_its_quota() -> None:
    big = [DataMessage("number", number, bytes(300_000), number) for number in range(5)]
    with Harness(Writing, inputs=["numbers"]) as harness:
        harness.feed("numbers", big[:3])
        harness.feed("numbers", big[3:4])
        result = harness.finish()
        assert "over its quota of 1048576 bytes" in harness.reports[-1].reason
        assert len(result.artifacts["numbers.txt"]) == 3 * 300_002


def test_the_clock_of_a_sandbox_is_measured() -> None:
    offset = 10**15
    with Harness(Counting, parameters={"count": 0}, clock_offset_ns=offset) as harness:
        wait_until(lambda: harness.collected["numbers"], "it counts")
        stamp = harness.collected["numbers"][0].pts
        assert abs(stamp - offset - time.monotonic_ns()) < 2_000_000_000
        assert harness.node.clock.now() > offset


@pytest.mark.parametrize(("at_end", "reason"), [("break", "OSError: no space left"), ("fail", "it is not whole")])
def test_a_sink_that_fails_while_it_drains_has_crashed(at_end: str, reason: str) -> None:
    with Harness(Writing, parameters={"at_end": at_end}, inputs=["numbers"]) as harness:
        harness.feed("numbers", numbers(1))
        assert harness.finish().exit_code == ExitCode.CRASHED
        assert (harness.state, harness.reports[-1].reason) == ("failed", reason)


class Agent:
    """An agent that can be killed and come back on the same path."""

    def __init__(self, path: str) -> None:
        self.hellos: list[Hello] = []
        self.reports: list[Report] = []
        self._path = path

    def start(self) -> None:
        """Bind and serve one connection."""
        Path(self._path).unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self._path)
        self._listener.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            self.connection, _ = self._listener.accept()
            receiver = Receiver(self.connection, UP)
            while (messages := receiver.receive()) is not None:
                for message, _descriptors in messages:
                    if isinstance(message, Hello):
                        self.hellos.append(message)
                        self.configure(1, message.clock_ns)
                    elif isinstance(message, Report):
                        self.reports.append(message)
        except OSError:
            return

    def configure(self, revision: int, hello_ns: int | None = None, mode: str = "pass") -> None:
        """Send parameters."""
        ports = {name: {"video": {"type": "video", "formats": ["i420"], "wires": 1}} for name in ("inputs", "outputs")}
        clock = {"hello_ns": hello_ns or time.monotonic_ns(), "agent_ns": time.monotonic_ns()}
        send(self.connection, Configure(revision, {"mode": mode}, ports, clock))

    def wait_for_hellos(self, count: int) -> None:
        wait_until(lambda: len(self.hellos) == count, "it says hello")
        wait_until(lambda: self.reports and self.reports[-1].state == "ready", "it is ready")

    def wait_for_revision(self, revision: int) -> None:
        wait_until(lambda: self.reports[-1].observed_revision == revision, "the change is observed")

    def stop(self) -> None:
        """Die."""
        self._listener.close()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def test_it_redials_for_ever_and_takes_changes_after_the_agent_is_back() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "control.sock")
        agent, node = Agent(path), Node(Passing, path)
        life = threading.Thread(target=node.run, daemon=True)
        life.start()
        time.sleep(0.3)
        for round_number in range(3):
            agent.start()
            agent.wait_for_hellos(round_number + 1)
            agent.configure(10 + round_number, mode="half")
            agent.wait_for_revision(10 + round_number)
            agent.stop()
        assert [hello.observed_revision for hello in agent.hellos] == [0, 10, 11]
        assert agent.hellos[-1].state == NodeState.READY
        node.drain()
        life.join(5)
        assert not life.is_alive()
