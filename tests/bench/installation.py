"""An installation for measurements: services that run, a database of its own, nothing left behind."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from factory.doors.terminal.house_services import HouseServices

WEB_SECONDS = 60.0


@contextlib.contextmanager
def open_installation(*, web: bool = False, runs: bool = True) -> Iterator[str]:
    """Set Django up on a fresh installation that runs containers, and start its services.

    Args:
        web: with the web server.
        runs: with worker and agent; without, nothing that is asked for is carried out.

    Yields the address of its site. One a process: Django reads its settings once.
    """
    with open_house("docker") as (house, _folder):
        if runs:
            house.start()
        yield start_web(house) if web else ""


def start_web(house: "HouseServices") -> str:
    """Start the web server on a free port; returns its address once it answers.

    Raises:
        RuntimeError: it does not.
    """
    site = house.start_web(bind="127.0.0.1", port=0)
    deadline = time.monotonic() + WEB_SECONDS
    while not house.web_answers():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the web server does not answer; see {house.supervisor.log_of('web')}")
        time.sleep(0.1)
    return site


@contextlib.contextmanager
def open_house(driver: str) -> Iterator[tuple["HouseServices", Path]]:
    """Set Django up on a fresh installation with Redis and a database; whatever else is started ends with the block.

    Yields the services and the installation's folder. One a process: Django reads its settings once.
    """
    folder = Path(tempfile.mkdtemp(prefix="pf-bench-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "factory.settings",
        "FACTORY_STATE": str(folder / "state"),
        "FACTORY_SOCKETS": str(folder / "s"),
        "FACTORY_OUTPUT": str(folder / "artifacts"),
        "FACTORY_INSTALL": f"bench{os.getpid()}",
        "FACTORY_DRIVER": driver,
        "FACTORY_USE_EMBEDDED_REDIS": "1",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    django.setup()
    from factory.doors.terminal.database import migrate_if_needed
    from factory.doors.terminal.house_services import HouseServices

    house = HouseServices(lambda text: print(text, file=sys.stderr), driver=driver)
    try:
        house.start_redis()
        migrate_if_needed()
        yield house, folder
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)
