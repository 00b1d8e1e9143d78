import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.domain.billing.money import amount_of, amount_to_set_aside, decimal, format_money, format_rate, hourly


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "€0.00"),
        (12_345, "€0.0123"),
        (5_000_000, "€5.00"),
        (1_234_567_890, "€1,234.5678"),
        (-12_300, "-€0.0123"),
        (99, "under €0.0001"),
        (500_000, "€0.50"),
    ],
)
def test_people_read_what_is_there_and_no_more(micros: int, shown: str) -> None:
    assert format_money(micros, "EUR") == shown


def test_any_currency_and_number_of_places_can_be_shown() -> None:
    assert format_money(1_234_567, "CHF", places=2) == "CHF 1.23"
    assert format_money(1, "USD", places=6) == "$0.000001"
    assert format_money(9_999, "EUR", places=2) == "under €0.01"


def test_a_price_is_never_cut() -> None:
    assert format_rate(41_250, "EUR") == "€0.04125 an hour"
    assert format_rate(0, "EUR") == "free"


def test_machines_read_every_place() -> None:
    assert [decimal(value) for value in (0, 1, -12_345, 5_000_000)] == ["0.000000", "0.000001", "-0.012345", "5.000000"]


def test_an_hour_costs_the_price_of_an_hour() -> None:
    assert amount_of(3_600_000, 40_000) == 40_000
    assert amount_of(1, 40_000) == 0
    assert amount_of(90, 40_000) == 1


def test_a_size_is_priced_by_its_parts_and_rounded_down_once() -> None:
    half = {"cpu_hour": 40_000, "gib_hour": 5_000, "component_hour": 7, "cpu_millis": 500, "memory_mib": 256}
    assert hourly(**half) == 20_000 + 1_250 + 7
    assert hourly(cpu_hour=1, gib_hour=1, component_hour=0, cpu_millis=500, memory_mib=512) == 1


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.integers(0, 10**12))
def test_rounding_never_takes_more_than_the_whole_would_cost(pieces: list[int], per_hour: int) -> None:
    apart, together = sum(amount_of(piece, per_hour) for piece in pieces), amount_of(sum(pieces), per_hour)
    assert 0 <= together - apart < len(pieces)


@given(st.integers(0, 10**9), st.integers(0, 10**12))
def test_what_is_set_aside_is_enough_for_what_it_costs(milliseconds: int, per_hour: int) -> None:
    assert 0 <= amount_to_set_aside(milliseconds, per_hour) - amount_of(milliseconds, per_hour) <= 1
