import threading

import pytest
from django.db import OperationalError

from factory.doors.nodes.recorder import Recorder


class Table:
    """Refuses as often as it is told to, then keeps what is written."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.rows: list[str] = []
        self.first_try = threading.Event()

    def write(self, row: str) -> None:
        self.first_try.set()
        if self.refusals:
            self.refusals -= 1
            raise OperationalError("database is locked")
        self.rows.append(row)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_it_writes_events_in_order(recorder: Recorder) -> None:
    table = Table()
    for number in range(100):
        recorder.add_event(lambda number=number: table.write(str(number)))  # type: ignore[misc]
    recorder.start()
    recorder.stop(seconds=10)
    assert table.rows == [str(number) for number in range(100)]


def test_the_newest_level_of_a_key_is_enough(recorder: Recorder) -> None:
    table = Table()
    for state in ("starting", "ready"):
        recorder.set_level("camera", lambda state=state: table.write(state))  # type: ignore[misc]
    recorder.start()
    recorder.stop(seconds=10)
    assert table.rows == ["ready"]


def test_a_refused_write_is_tried_again_before_those_behind_it(recorder: Recorder) -> None:
    table, written = Table(refusals=1), threading.Event()
    recorder.add_event(lambda: table.write("opened"))
    recorder.add_event(lambda: table.write("closed"))
    recorder.add_event(written.set)
    recorder.start()
    assert written.wait(10)
    assert table.rows == ["opened", "closed"]
    recorder.stop(seconds=10)


def test_a_level_set_while_the_older_one_is_refused_supersedes_it(recorder: Recorder) -> None:
    table, written = Table(refusals=1), threading.Event()
    recorder.start()
    recorder.set_level("camera", lambda: table.write("starting"))
    assert table.first_try.wait(10)
    recorder.set_level("camera", lambda: table.write("ready"))
    recorder.set_level("other", written.set)
    assert written.wait(10)
    recorder.stop(seconds=10)
    assert table.rows[-1] == "ready"
    assert table.rows.count("ready") == 1


def test_a_write_that_cannot_work_stops_nobody(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    table = Table()

    def broken() -> None:
        raise RuntimeError("no such run")

    recorder.add_event(broken)
    recorder.add_event(lambda: table.write("next"))
    recorder.start()
    recorder.stop(seconds=10)
    assert table.rows == ["next"]
    assert "no such run" in caplog.text
