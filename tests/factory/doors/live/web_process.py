"""A real daphne on the tests' database, as `manage.py up` starts it."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from components.sdk.testing_wires import wait_until
from factory.doors.terminal.house_services import find_port

DAPHNE = (sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--verbosity", "0")
LIMITS = (
    *("--websocket-max-frame-size", "16384", "--websocket_connect_timeout", "5"),
    *("--application-close-timeout", "10"),
)


class WebProcess:
    """One that listens.

    Attributes:
        port: on which.
        origin: of its pages.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self._statm = Path(f"/proc/{process.pid}/statm")

    def resident_bytes(self) -> int:
        """Memory that it has."""
        return int(self._statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def web_process(folder: Path, *, redis_url: str, database_url: str | None = None) -> Iterator[WebProcess]:
    """Start one and wait until it answers; it ends with the block."""
    port = find_port("127.0.0.1", 0)
    environment = os.environ | {
        "FACTORY_STATE": str(folder),
        "FACTORY_SITE": f"http://127.0.0.1:{port}",
        "FACTORY_INSTALL": settings.FACTORY_INSTALL,
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url or _database_url(),
    }
    command = [*DAPHNE, *LIMITS, "--port", str(port), "factory.asgi:application"]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: process.poll() is not None or _answers(port), "daphne listens", seconds=60.0)
        assert process.poll() is None, (folder / "web.log").read_text()
        yield WebProcess(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _database_url() -> str:
    """The tests' own database, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    login = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}@" if found["USER"] else ""
    return f"postgres://{login}{quote(found['HOST'], safe='')}:{found['PORT'] or 5432}/{found['NAME']}"
