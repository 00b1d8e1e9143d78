"""Amounts of money as people type them. Pure."""

import re
from typing import ClassVar

from factory.domain.billing.money import UNIT, Micros
from factory.foundation.errors import UserError

_AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,6}))?")


class AmountUnclear(UserError):
    """What was typed is no amount of money."""

    id: ClassVar[str] = "billing:user:amount-unclear"


def read_amount(text: str) -> Micros:
    """The amount in micro-units: "25", "12.50" or "12,50", at most six places and no sign.

    Raises:
        AmountUnclear: it is none.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise AmountUnclear("Write an amount such as 25 or 12.50: digits, at most six of them after the point.")
    return int(found[1]) * UNIT + int((found[2] or "").ljust(6, "0"))
