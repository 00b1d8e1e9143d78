import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.domain.billing.periods import MOST_DAYS, Period, PeriodRefused, Preset, period_of

TODAY = datetime.date(2026, 11, 22)
DAYS = st.dates(datetime.date(2001, 1, 1), datetime.date(2099, 12, 31))


def days(text: str) -> tuple[datetime.date, datetime.date]:
    first, last = text.split(" ")
    return datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("preset", "shown", "compared"),
    [
        ("this-month", "2026-11-01 2026-11-22", "2026-10-01 2026-10-22"),
        ("last-month", "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
        ("7-days", "2026-11-16 2026-11-22", "2026-11-09 2026-11-15"),
        ("30-days", "2026-10-24 2026-11-22", "2026-09-24 2026-10-23"),
    ],
)
def test_a_named_period_moves_with_the_day(preset: str, shown: str, compared: str) -> None:
    period = period_of(preset=preset, today=TODAY)

    assert (period.first, period.last) == days(shown)
    assert (period.before().first, period.before().last) == days(compared)


def test_the_end_of_a_long_month_is_compared_with_the_end_of_a_short_one() -> None:
    before = period_of(preset=Preset.THIS_MONTH, today=datetime.date(2026, 3, 31)).before()

    assert (before.first, before.last) == days("2026-02-01 2026-02-28")


@pytest.mark.parametrize(
    ("shown", "compared"),
    [
        ("2026-11-01 2026-11-23", "2026-10-01 2026-10-23"),
        ("2026-11-01 2026-11-30", "2026-10-01 2026-10-31"),
        ("2026-03-01 2026-03-30", "2026-02-01 2026-02-28"),
        ("2026-01-01 2026-01-09", "2025-12-01 2025-12-09"),
        ("2026-11-02 2026-11-23", "2026-10-11 2026-11-01"),
        ("2026-10-01 2026-11-23", "2026-08-08 2026-09-30"),
    ],
)
def test_the_first_days_of_a_month_are_compared_with_those_of_the_month_before(shown: str, compared: str) -> None:
    first, last = days(shown)
    before = period_of(preset="custom", today=TODAY, first=first, last=last).before()

    assert (before.first, before.last) == days(compared)


@given(DAYS)
def test_a_month_so_far_is_compared_alike_by_name_and_by_its_days(today: datetime.date) -> None:
    named = period_of(preset=Preset.THIS_MONTH, today=today)
    same = period_of(preset="custom", today=today, first=named.first, last=named.last)

    assert named.before() == same.before()


def test_a_period_ends_when_its_last_day_does() -> None:
    period = Period(TODAY, TODAY)

    assert period.end - period.start == datetime.timedelta(days=1)
    assert period.days == [TODAY]


@given(DAYS, st.integers(0, MOST_DAYS - 1))
def test_what_was_before_has_as_many_days_and_touches(first: datetime.date, more: int) -> None:
    period = period_of(preset="custom", today=TODAY, first=first, last=first + datetime.timedelta(days=more))

    if first.day == 1 and (first.year, first.month) == (period.last.year, period.last.month):
        assert period.before().first.day == 1
        return
    assert len(period.before().days) == len(period.days) == more + 1
    assert period.before().end == period.start


@pytest.mark.parametrize(
    ("preset", "first", "last", "told"),
    [
        ("custom", None, None, "Say the first and the last day"),
        ("custom", "2026-11-22", "2026-11-21", "before the first"),
        ("custom", "2025-01-01", "2026-11-21", "at most 366 days"),
        ("custom", "1999-12-31", "2000-01-01", "Nothing ran then"),
        ("fortnight", None, None, "this-month, last-month"),
    ],
)
def test_what_is_no_period_is_refused(preset: str, first: str | None, last: str | None, told: str) -> None:
    ends = [datetime.date.fromisoformat(each) if each else None for each in (first, last)]

    with pytest.raises(PeriodRefused, match=told):
        period_of(preset=preset, today=TODAY, first=ends[0], last=ends[1])
