"""Two starts of one name wait for each other, starts of two names do not."""

import threading
from pathlib import Path

import pytest

from factory.drivers.driver import DriverUnavailable
from factory.drivers.name_lock import hold_name


def test_one_name_is_held_once(tmp_path: Path) -> None:
    file = tmp_path / "state" / "names.lock"
    with hold_name(file, "pf-a-b-1", wait_seconds=0):
        with pytest.raises(DriverUnavailable, match="pf-a-b-1"), hold_name(file, "pf-a-b-1", wait_seconds=0.05):
            pass
        with hold_name(file, "pf-a-c-1", wait_seconds=0):
            pass
    with hold_name(file, "pf-a-b-1", wait_seconds=0):
        pass


def test_one_that_waits_gets_it_in_the_end(tmp_path: Path) -> None:
    file, order = tmp_path / "names.lock", list[str]()
    held = threading.Event()

    def hold_second() -> None:
        held.wait(5)
        with hold_name(file, "pf-a-b-1", wait_seconds=10):
            order.append("second")

    waiter = threading.Thread(target=hold_second)
    waiter.start()
    with hold_name(file, "pf-a-b-1", wait_seconds=0):
        held.set()
        order.append("first")
    waiter.join(timeout=10)
    assert order == ["first", "second"]
