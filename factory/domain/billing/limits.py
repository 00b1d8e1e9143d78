"""How near a team is to the end of its credit or of its cap, and how to say so. Pure."""

import dataclasses
import enum

from factory.domain.billing.money import Micros, format_money
from factory.domain.billing.selectors import Standing

_WHOLE = 100
_HALF, _MOST = 50, 80


class Level(enum.IntEnum):
    """How near; each is worse than the one before."""

    FINE = 0
    HALF = _HALF
    MOST = _MOST
    ALL = _WHOLE


@dataclasses.dataclass(frozen=True)
class Limit:
    """One limit of a team, and how much of it is taken.

    Attributes:
        what: "cap" or "credit".
        percent: of it that is spent, and set aside or used by what runs, 100 at most.
        sentence: for people, without what to do.
    """

    what: str
    percent: int
    sentence: str

    @property
    def level(self) -> Level:
        """The highest that was reached."""
        return max(level for level in Level if self.percent >= level)


def limits_of(standing: Standing, *, trial: Micros) -> list[Limit]:
    """The limits that a team has, the nearest one first; none where it may spend without end.

    Args:
        standing: as it is now.
        trial: what every team is given to try: with a fifth of it or less credit counts as low, whatever was spent.
    """
    found = []
    if standing.cap is not None:
        found.append(_cap(standing, standing.cap))
    if standing.enforced:
        found.append(_credit(standing, trial))
    return sorted(found, key=lambda limit: -limit.percent)


def _cap(standing: Standing, cap: Micros) -> Limit:
    said = format_money(cap, standing.currency)
    percent = _share(standing.taken, cap)
    how = "spent or set aside" if standing.reserved >= standing.uncharged else "spent or used by what runs"
    if percent >= _WHOLE:
        return Limit("cap", percent, f"The cap of {said} for this month is reached.")
    return Limit("cap", percent, f"{percent} % of the cap of {said} for this month is {how}.")


def _credit(standing: Standing, trial: Micros) -> Limit:
    left, spent = max(0, standing.available), standing.spent_this_month
    percent = _share(spent, spent + left) if left else _WHOLE
    if left <= trial // 5:
        percent = max(percent, _MOST)
    said = format_money(left, standing.currency)
    if not left and not standing.reserved:
        return Limit("credit", _WHOLE, "The team has no credit left; the operator of this installation grants it.")
    if not left:
        return Limit("credit", _WHOLE, "The team's credit is used up or set aside for what runs.")
    if percent >= _MOST:
        return Limit("credit", percent, f"The team's credit is low: {said} is left.")
    return Limit("credit", percent, f"{percent} % of this month's credit is spent; {said} is left.")


def _share(part: Micros, whole: Micros) -> int:
    return min(_WHOLE, part * _WHOLE // whole) if whole > 0 else _WHOLE
