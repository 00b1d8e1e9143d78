"""Says why money keeps a run from starting or ends it: which limit, by which numbers, and what to do. Pure."""

import dataclasses

from factory.domain.billing.money import Micros, format_money


@dataclasses.dataclass(frozen=True)
class Shortage:
    """What a run asked for and did not get.

    Attributes:
        cap: the team's for the month; None for no limit.
        spent: of it, this month.
        balance: the team's credit; None where it needs none.
        others: what is set aside for other runs.
        used: what this run used and nobody charged yet.
        seconds: how long it asked to go on.
        price: of these seconds.
        per_hour: what an hour of it costs.
        is_new: it did not start; else it has to end.
    """

    currency: str
    cap: Micros | None
    spent: Micros
    balance: Micros | None
    others: Micros
    used: Micros
    seconds: int
    price: Micros
    per_hour: Micros
    is_new: bool


def say_shortage(short: Shortage) -> str:
    """The limit that leaves less comes first, then the price and what is left, then what can be done about it."""
    taken = short.others + short.used
    under_cap = None if short.cap is None else short.cap - short.spent - taken
    of_credit = None if short.balance is None else short.balance - taken
    is_cap = of_credit is None or (under_cap is not None and under_cap < of_credit)
    left = (under_cap if is_cap else of_credit) or 0
    limit = f"cap of {_said(short.cap or 0, short)} this month" if is_cap else "credit"
    whose, what = ("Its first", "not started") if short.is_new else ("Its next", "ended")
    need = f"{whose} {short.seconds} s take {_said(short.price, short)} ({_said(short.per_hour, short)} an hour)"
    return (
        f"The team's {limit} leaves too little: the run was {what}. {need}, "
        f"and {_said(left, short) if left > 0 else 'nothing'} is left{_taken(short, is_cap=is_cap)}. "
        f"{'Raise the cap on the billing page' if is_cap else 'Ask the operator for credit'}"
        f"{', or stop another run' if short.others > 0 else ''}."
    )


def _taken(short: Shortage, *, is_cap: bool) -> str:
    """Where the rest went, without what is nothing."""
    parts = {
        "spent": short.spent if is_cap else 0,
        "used by this run and not charged yet": short.used,
        "set aside for other runs": short.others,
    }
    said = [f"{_said(value, short)} {name}" for name, value in parts.items() if value > 0]
    return f" beside {', '.join(said)}" if said else ""


def _said(micros: Micros, short: Shortage) -> str:
    return format_money(micros, short.currency, places=6)
