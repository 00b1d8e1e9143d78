import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.domain.billing.entering import AmountUnclear, read_amount
from factory.domain.billing.money import decimal


@pytest.mark.parametrize(
    ("typed", "micros"),
    [("25", 25_000_000), (" 12.50 ", 12_500_000), ("12,5", 12_500_000), ("0", 0), ("0.000001", 1), ("007", 7_000_000)],
)
def test_amounts_are_read_as_people_type_them(typed: str, micros: int) -> None:
    assert read_amount(typed) == micros


@pytest.mark.parametrize(
    "typed", ["", "-1", "+1", "1e3", "1.0000001", "1.", ".5", "1,000.50", "€5", "ten", "١", "1_0", "1" * 10, "NaN"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(AmountUnclear, match=r"such as 25 or 12\.50"):
        read_amount(typed)


@given(st.integers(0, 10**14))
def test_what_machines_write_is_read_back(micros: int) -> None:
    assert read_amount(decimal(micros)) == micros
