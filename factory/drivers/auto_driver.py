"""Picks the driver for this machine: containers where an engine answers, else plain processes."""

from pathlib import Path

from factory.drivers import docker_driver, process_driver
from factory.drivers.driver import Driver, DriverUnavailable


def build(install: str, state: Path) -> Driver:
    """The Docker driver if its engine answers now, else the process driver; `check().isolated` says which."""
    containers = docker_driver.build(install, state)
    try:
        containers.check()
    except DriverUnavailable:
        return process_driver.build(install, state)
    return containers
