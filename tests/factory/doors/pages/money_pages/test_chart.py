import datetime

from factory.domain.billing.periods import Period
from factory.domain.billing.statements import Sums, lines_of
from factory.doors.pages.money_pages.chart import SERIES, chart_of

FIRST = datetime.date(2026, 11, 1)
THIRD = datetime.date(2026, 11, 3)


def test_the_dearest_components_have_a_series_and_the_others_share_one() -> None:
    cells = {f"part_{number}@1.0.0": {FIRST: Sums(1, 10, number), THIRD: Sums(1, 5, 1)} for number in range(SERIES + 3)}

    chart = chart_of(cells, lines_of(cells), Period(FIRST, THIRD), currency="EUR")

    assert chart["days"] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert [series["name"] for series in chart["series"]] == [
        *(f"part_{number}@1.0.0" for number in range(SERIES + 2, 2, -1)),
        "others",
    ]
    assert chart["series"][-1] == {"name": "others", "milliseconds": [30, 0, 15], "micros": [0 + 1 + 2, 0, 3]}
    together = [sum(series["micros"][day] for series in chart["series"]) for day in range(3)]
    assert together == [sum(range(SERIES + 3)), 0, SERIES + 3]


def test_few_components_share_nothing() -> None:
    cells = {"overlay@1.0.0": {FIRST: Sums(1, 10, 7)}}

    chart = chart_of(cells, lines_of(cells), Period(FIRST, FIRST), currency="EUR")

    assert chart["series"] == [{"name": "overlay@1.0.0", "milliseconds": [10], "micros": [7]}]
