"""A component's process, as a driver starts it: it drains when told to by a signal."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from components.contract.messages import CONTROL_ENVIRONMENT, CONTROL_SOCKET
from components.contract.node_states import ExitCode
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until
from tests.components_sdk.toys.counting.component import Counting

ROOT = Path(__file__).parents[2]


class Process:
    """The counting toy in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "components.sdk.runner", "tests/components_sdk/toys/counting"],
            cwd=ROOT,
            env={**os.environ, CONTROL_ENVIRONMENT: str(folder / CONTROL_SOCKET)},
        )
        self.pid = self._process.pid

    def wait(self) -> int:
        return self._process.wait()

    def threads(self) -> list[int]:
        """Its threads as the kernel numbers them, the main thread first."""
        return sorted(map(int, os.listdir(f"/proc/{self.pid}/task")), key=lambda thread: thread != self.pid)

    def signal(self, thread: int, number: signal.Signals) -> None:
        """Hand a signal to one thread, as the kernel does when it chooses one."""
        assert ctypes.CDLL(None).tgkill(self.pid, thread, number) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("position", [0, 1, -1])
def test_it_drains_whichever_of_its_threads_takes_the_signal(position: int, number: signal.Signals) -> None:
    launched: list[Process] = []

    def launch(folder: Path) -> Process:
        launched.append(Process(folder))
        return launched[0]

    with Harness(Counting, parameters={"count": 0}, launch=launch) as harness:
        process = launched[0]
        wait_until(lambda: harness.collected["numbers"], "it counts")
        process.signal(process.threads()[position], number)
        wait_until(lambda: harness.exit_code is not None, "it exits without another word")
        result = harness.finish()
    assert (result.exit_code, result.states[-1]) == (ExitCode.DONE, "draining")
