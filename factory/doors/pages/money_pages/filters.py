"""Reads what a page is asked to show from its address; what makes no sense is said, and something else is shown."""

import dataclasses
import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from factory.domain.billing.calendar import day_of
from factory.domain.billing.periods import Period, PeriodRefused, Preset, period_of
from factory.domain.billing.statements import UsageFilter, pipelines_to_choose

PRESETS = {
    Preset.THIS_MONTH: "This month",
    Preset.LAST_MONTH: "Last month",
    Preset.SEVEN_DAYS: "7 days",
    Preset.THIRTY_DAYS: "30 days",
}
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")
_COMPONENT = re.compile(r"[a-z0-9_]{1,40}(@[0-9A-Za-z.+-]{1,39})?")


@dataclasses.dataclass(frozen=True)
class Asked:
    """What was asked for; `refusal` says what of it could not be taken."""

    usage: UsageFilter
    refusal: str = ""

    @property
    def period(self) -> Period:
        """The days of it."""
        return self.usage.period

    def address(self, **changes: str) -> str:
        """The same with changes, as the query of an address; an empty value takes one away."""
        return "?" + urlencode({name: value for name, value in {**self._values(), **changes}.items() if value})

    def exact(self, **changes: str) -> str:
        """The same with its days written out, so that it means the same tomorrow."""
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return self.address(**{"period": Preset.CUSTOM, **days, **changes})

    def unfiltered(self) -> str:
        """The same days of all pipelines and components."""
        return self.exact(pipeline="", component="")

    def _values(self) -> dict[str, str]:
        values = {
            "period": self.period.preset.value,
            "pipeline": self.usage.pipeline,
            "component": self.usage.component,
        }
        if self.period.preset is Preset.CUSTOM:
            values |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return values


def read_filter(query: QueryDict, *, team_id: int, now: datetime.datetime, default: str = Preset.THIS_MONTH) -> Asked:
    """What the address asks for; without a word of it, the default period."""
    today, refusal = day_of(now), ""
    given = query.get("period") or (Preset.CUSTOM if query.get("from") else default)
    try:
        first, last = _day(query.get("from")), _day(query.get("to"))
        period = period_of(preset=given, today=today, first=first, last=last or (today if first else None))
    except PeriodRefused as error:
        period, refusal = period_of(preset=default, today=today), error.message
    pipeline, component = query.get("pipeline", ""), query.get("component", "")
    return Asked(
        UsageFilter(
            team_id,
            period,
            pipeline if _SLUG.fullmatch(pipeline) else "",
            component if _COMPONENT.fullmatch(component) else "",
        ),
        refusal,
    )


def choices(asked: Asked, *, components: Sequence[str] = ()) -> Mapping[str, Any]:
    """What the form of a filter offers, in its context.

    Args:
        asked: what is shown.
        components: what was used in the period.
    """
    period, used = asked.period, sorted(components)
    pipelines = pipelines_to_choose(team_id=asked.usage.team_id)
    if asked.usage.pipeline not in {"", *(slug for slug, _ in pipelines)}:
        pipelines = [*pipelines, (asked.usage.pipeline, asked.usage.pipeline)]
    if asked.usage.component not in {"", *used}:
        used = [*used, asked.usage.component]
    empty = {"from": "", "to": ""}
    return {
        "asked": asked,
        "period": period,
        "presets": [
            (name, asked.address(period=preset, **empty), preset is period.preset) for preset, name in PRESETS.items()
        ],
        "pipelines": pipelines,
        "components": used,
    }


def _day(text: str | None) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise PeriodRefused(f"{text[:40]} is no day; write it as 2026-11-22.") from None
