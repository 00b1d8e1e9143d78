"""An installation for measurements: services that run, a database of its own, nothing left behind."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django


@contextlib.contextmanager
def open_installation() -> Iterator[Path]:
    """Set Django up on a fresh installation that runs containers, and start its services.

    Yields its folder. One a process: Django reads its settings once.
    """
    folder = Path(tempfile.mkdtemp(prefix="pf-bench-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "factory.settings",
        "FACTORY_STATE": str(folder / "state"),
        "FACTORY_SOCKETS": str(folder / "s"),
        "FACTORY_OUTPUT": str(folder / "artifacts"),
        "FACTORY_INSTALL": f"bench{os.getpid()}",
        "FACTORY_DRIVER": "docker",
        "FACTORY_USE_EMBEDDED_REDIS": "1",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    django.setup()
    from factory.doors.terminal.database import migrate_if_needed
    from factory.doors.terminal.house_services import HouseServices

    house = HouseServices(lambda text: print(text, file=sys.stderr), driver="docker")
    try:
        house.start_redis()
        migrate_if_needed()
        house.start()
        yield folder
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)
