import datetime

from hypothesis import given
from hypothesis import strategies as st

from factory.domain.metering.measuring import measure
from factory.domain.metering.models import EndSource

START = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
MOMENTS = st.integers(-(10**13), 10**13).map(lambda number: START + datetime.timedelta(microseconds=number))


def after(microseconds: int) -> datetime.datetime:
    return START + datetime.timedelta(microseconds=microseconds)


def test_whole_milliseconds_between_the_engines_times_count() -> None:
    assert measure(started_at=START, finished_at=after(1_999), seen_at=None) == (after(1_999), 1, EndSource.ENGINE)
    assert measure(started_at=START, finished_at=after(2_000), seen_at=None)[1] == 2
    assert measure(started_at=START, finished_at=after(999), seen_at=None)[1] == 0


def test_the_engines_end_counts_whatever_was_last_seen() -> None:
    assert measure(started_at=START, finished_at=after(5_000), seen_at=after(9_000_000))[1] == 5


def test_an_instance_that_the_engine_lost_ran_until_it_was_last_seen() -> None:
    ended_at, milliseconds, source = measure(started_at=START, finished_at=None, seen_at=after(7_000_000))
    assert (ended_at, milliseconds, source) == (after(7_000_000), 7_000, EndSource.LAST_SEEN)


def test_one_that_nobody_saw_alive_ran_for_no_time() -> None:
    assert measure(started_at=START, finished_at=None, seen_at=None)[1] == 0


@given(MOMENTS, MOMENTS | st.none(), MOMENTS | st.none())
def test_no_clock_that_is_set_back_makes_time_negative(
    started_at: datetime.datetime, finished_at: datetime.datetime | None, seen_at: datetime.datetime | None
) -> None:
    ended_at, milliseconds, _ = measure(started_at=started_at, finished_at=finished_at, seen_at=seen_at)
    assert milliseconds >= 0
    assert ended_at >= started_at
    assert milliseconds == (ended_at - started_at) // datetime.timedelta(milliseconds=1)
