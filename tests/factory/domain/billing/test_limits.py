import dataclasses
from typing import Any

import pytest

from factory.domain.billing.limits import Level, limits_of
from factory.domain.billing.selectors import Standing

UNIT = 1_000_000
TRIAL = 5 * UNIT
PLENTY = Standing(
    balance=100 * UNIT,
    reserved=0,
    available=100 * UNIT,
    cap=None,
    spent_this_month=0,
    enforced=True,
    currency="EUR",
)


def standing(**changes: Any) -> Standing:
    return dataclasses.replace(PLENTY, **changes)


@pytest.mark.parametrize(
    ("spent", "reserved", "level"),
    [
        (0, 0, Level.FINE),
        (4, 0, Level.FINE),
        (4, 1, Level.HALF),
        (7, 1, Level.MOST),
        (9, 1, Level.ALL),
        (12, 0, Level.ALL),
    ],
)
def test_a_cap_is_reached_by_what_is_spent_and_set_aside(spent: int, reserved: int, level: Level) -> None:
    asked = standing(cap=10 * UNIT, spent_this_month=spent * UNIT, reserved=reserved * UNIT, enforced=False)

    limit = limits_of(asked, trial=TRIAL)[0]

    assert (limit.what, limit.level) == ("cap", level)
    assert ("is reached" in limit.sentence) == (level is Level.ALL)


def test_a_cap_of_nothing_is_reached_at_once() -> None:
    assert limits_of(standing(cap=0), trial=TRIAL)[0].percent == 100


@pytest.mark.parametrize(
    ("available", "spent", "level"),
    [
        (100, 0, Level.FINE),
        (50, 50, Level.HALF),
        (20, 80, Level.MOST),
        (1, 0, Level.MOST),
        (0, 100, Level.ALL),
        (-1, 100, Level.ALL),
    ],
)
def test_credit_counts_by_what_the_month_took_of_it(available: int, spent: int, level: Level) -> None:
    limit = limits_of(standing(available=available * UNIT, spent_this_month=spent * UNIT), trial=TRIAL)[0]

    assert (limit.what, limit.level) == ("credit", level)


def test_the_nearest_limit_comes_first() -> None:
    near_cap = standing(cap=10 * UNIT, spent_this_month=9 * UNIT)

    assert [limit.what for limit in limits_of(near_cap, trial=TRIAL)] == ["cap", "credit"]


def test_who_may_spend_without_end_has_no_limit() -> None:
    assert limits_of(standing(enforced=False, available=-5 * UNIT), trial=TRIAL) == []
