"""Money and lengths of time as the pages show them."""

import datetime

from django import template

from factory.domain.billing.money import Micros, decimal, format_money
from factory.domain.billing.sheets import duration

register = template.Library()
_MILLISECONDS = 1000


@register.filter
def money(micros: Micros, currency: str) -> str:
    """For reading: "€0.0123"."""
    return format_money(micros, currency)


@register.filter
def exactly(micros: Micros, currency: str) -> str:
    """For adding up: every place there is, "€0.012345", "-€5.000000"."""
    symbol = format_money(0, currency).removesuffix("0.00")
    return f"{'−' if micros < 0 else ''}{symbol}{decimal(abs(micros))}"


@register.filter
def signed(micros: Micros, currency: str) -> str:
    """As `exactly`, with a plus for what comes in."""
    return f"{'+' if micros > 0 else ''}{exactly(micros, currency)}"


@register.filter
def clock_time(milliseconds: int) -> str:
    """Hours, minutes, seconds: "1:02:03.456"."""
    return duration(milliseconds)


@register.filter
def time_in_words(milliseconds: int) -> str:
    """A length of time for reading: "3 h 20 min", "12 min 5 s", "350 ms"."""
    if milliseconds < _MILLISECONDS:
        return f"{milliseconds} ms"
    minutes, seconds = divmod(milliseconds // _MILLISECONDS, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    if minutes:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    return f"{seconds} s"


@register.filter
def change_from(now: int, before: int) -> str:
    """How much more or less than before: "+12 %", "−3 %", "as before"; empty where there was nothing before."""
    if before <= 0:
        return ""
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return "as before"
    return f"{'+' if percent > 0 else '−'}{abs(percent):,} %"


@register.filter
def moment(at: datetime.datetime) -> str:
    """To the millisecond, UTC: "2026-11-22 12:00:00.123"."""
    return at.astimezone(datetime.UTC).isoformat(" ", "milliseconds").removesuffix("+00:00")
