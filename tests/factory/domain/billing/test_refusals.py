import dataclasses
from typing import Any

from factory.domain.billing.refusals import Shortage, say_shortage

UNIT = 1_000_000
SHORT = Shortage(
    currency="EUR",
    cap=50_000,
    spent=20_000,
    balance=5 * UNIT,
    others=0,
    used=7_889,
    seconds=60,
    price=30_500,
    per_hour=1_830_000,
    is_new=False,
)


def said(**changes: Any) -> str:
    return say_shortage(dataclasses.replace(SHORT, **changes))


def test_a_run_that_its_cap_ended_is_told_of_the_cap_and_of_true_numbers() -> None:
    assert said() == (
        "The team's cap of €0.05 this month leaves too little: the run was ended. Its next 60 s take €0.0305 (€1.83 an "
        "hour), and €0.022111 is left beside €0.02 spent, €0.007889 used by this run and not charged yet. Raise the "
        "cap on the billing page."
    )


def test_credit_is_named_where_it_leaves_less_than_the_cap() -> None:
    told = said(balance=25_000)

    assert told.startswith("The team's credit leaves too little: the run was ended.")
    assert "cap" not in told
    assert "€0.017111 is left" in told


def test_a_team_that_needs_no_credit_is_never_told_of_credit() -> None:
    assert "credit" not in said(balance=None, used=138_300)
    assert "and nothing is left" in said(balance=None, used=138_300)


def test_another_run_is_to_be_stopped_only_where_others_hold_something() -> None:
    assert "another run" not in said(is_new=True, used=0)
    told = said(is_new=True, used=0, others=10_000)
    assert "the run was not started. Its first 60 s" in told
    assert "€0.01 set aside for other runs" in told
    assert told.endswith("Raise the cap on the billing page, or stop another run.")
    assert said(others=10_000, cap=None, balance=1).endswith("Ask the operator for credit, or stop another run.")
