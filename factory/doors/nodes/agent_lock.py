"""One agent a host and installation: the lock falls with its holder, however that ends."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import ClassVar, Self

from factory.foundation.errors import UserError

_TRIES = 20
_PAUSE_SECONDS = 0.05


class AgentRuns(UserError):
    """Another agent holds this host."""

    id: ClassVar[str] = "agent:user:already-runs"


class AgentLock:
    """Held from `acquire` until `release` or the end of the process.

    Args:
        sockets: the folder of control sockets; two agents with the same one would take them from each other.
    """

    def __init__(self, sockets: Path) -> None:
        self._path = sockets / "agent.lock"
        self._descriptor = -1

    def acquire(self, *, driver: str) -> Self:
        """Hold it, and write for others into its file which process does and with which driver.

        Raises:
            AgentRuns: another agent does.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Perhaps only someone who looks whether the lock is held.
                time.sleep(_PAUSE_SECONDS)
        else:
            os.close(descriptor)
            raise AgentRuns(f"an agent already serves {self._path.parent}; stop it, or set FACTORY_SOCKETS")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "driver": driver}).encode(), 0)
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Let go; doing it again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
