"""The driver that the settings name, built once a process."""

import functools

from django.conf import settings

from factory.drivers import registry
from factory.drivers.driver import Driver


def driver() -> Driver:
    """What runs instances on this host."""
    return _build(settings.FACTORY_DRIVER, settings.FACTORY_INSTALL, str(settings.FACTORY_STATE))


@functools.lru_cache(maxsize=8)
def _build(path: str, install: str, state: str) -> Driver:
    return registry.load(path, install=install, state=settings.FACTORY_STATE)
