"""From a dotted path in the settings to a driver; the only way upstairs gets one, and it names none."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, cast

from factory.drivers.driver import Driver
from factory.foundation.errors import OurError


class DriverNotFound(OurError):
    """The settings name a driver that cannot be imported."""

    id: ClassVar[str] = "driver:ours:not-found"


def load(dotted_path: str, *, install: str, state: Path) -> Driver:
    """The driver that `<module>.<function>(install, state)` builds.

    Args:
        dotted_path: for example `somewhere.my_driver.build`.
        install: this installation's id, the label on all that the driver makes.
        state: a folder that outlives processes.

    Raises:
        DriverNotFound: there is no such module or function.
    """
    module, _, name = dotted_path.rpartition(".")
    try:
        build = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise DriverNotFound(
            f"FACTORY_DRIVER={dotted_path} cannot be loaded ({error}); name a function such as my_driver.build"
        ) from error
    return cast("Callable[[str, Path], Driver]", build)(install, state)
