"""What the chart of the usage page draws: the days, and what each of the dearest components used on them."""

import datetime
from collections.abc import Mapping
from typing import Any

from factory.domain.billing.periods import Period
from factory.domain.billing.statements import Line, Sums, days_of

SERIES = 6
"""So many components have a colour of their own; the others are one."""
_NOTHING = Sums()


def chart_of(
    cells: Mapping[str, Mapping[datetime.date, Sums]], components: list[Line], period: Period, *, currency: str
) -> dict[str, Any]:
    """For the program that draws; each series has a number for each day.

    Args:
        cells: by component and day.
        components: the same as lines, the dearest first.
        period: whose days are drawn.
        currency: of its micro-units.
    """
    axis = period.days
    series = [_series(line.key, axis, cells[line.key]) for line in components[:SERIES]]
    if len(components) > SERIES:
        others = days_of({line.key: cells[line.key] for line in components[SERIES:]})
        series.append(_series("others", axis, others))
    return {"currency": currency, "days": [day.isoformat() for day in axis], "series": series}


def _series(name: str, axis: list[datetime.date], sums: Mapping[datetime.date, Sums]) -> dict[str, Any]:
    of_days = [sums.get(day, _NOTHING) for day in axis]
    return {
        "name": name,
        "milliseconds": [each.milliseconds for each in of_days],
        "micros": [each.micros for each in of_days],
    }
