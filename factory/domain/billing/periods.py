"""Which days a page or a file of usage is about, and which ones they are compared with. Pure."""

import dataclasses
import datetime
import enum
from typing import ClassVar

from factory.foundation.errors import UserError

MOST_DAYS = 366
_ONE = datetime.timedelta(days=1)


class PeriodRefused(UserError):
    """The days asked for are none, or too many."""

    id: ClassVar[str] = "billing:user:period-refused"


class Preset(enum.StrEnum):
    """Periods that have a name; they move on with the day (UTC)."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    SEVEN_DAYS = "7-days"
    THIRTY_DAYS = "30-days"
    CUSTOM = "custom"


@dataclasses.dataclass(frozen=True)
class Period:
    """Whole days (UTC), both ends included."""

    first: datetime.date
    last: datetime.date
    preset: Preset = Preset.CUSTOM

    @property
    def start(self) -> datetime.datetime:
        """The moment at which it begins."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime.datetime:
        """The moment at which it is over; not of it any more."""
        return _midnight(self.last + _ONE)

    @property
    def days(self) -> list[datetime.date]:
        """Every day of it, the first one first."""
        return [self.first + number * _ONE for number in range((self.last - self.first).days + 1)]

    def before(self) -> "Period":
        """What to compare it with: the month before up to the same day, else as many days just before.

        The first days of a month are compared alike whether they were asked for by name or by their days; a whole month
        is compared with all of the one before. Seven and thirty days are always compared with those just before.
        """
        if self.preset in (Preset.SEVEN_DAYS, Preset.THIRTY_DAYS) or not self._begins_a_month:
            return Period(self.first - (self.last - self.first) - _ONE, self.first - _ONE)
        earlier = month_before(self.first)
        if (self.last + _ONE).day == 1:
            return earlier
        return Period(earlier.first, min(earlier.last, earlier.first + (self.last - self.first)))

    @property
    def _begins_a_month(self) -> bool:
        """Whether it begins with a month and lies within it."""
        return self.first.day == 1 and (self.first.year, self.first.month) == (self.last.year, self.last.month)


def month_before(day: datetime.date) -> Period:
    """The whole month before that of a day."""
    last = day.replace(day=1) - _ONE
    return Period(last.replace(day=1), last)


def period_of(
    *, preset: str, today: datetime.date, first: datetime.date | None = None, last: datetime.date | None = None
) -> Period:
    """The days that somebody asks for, by name or by the first and the last of them.

    Raises:
        PeriodRefused: no such name, a custom one without its days, the last before the first, or over a year of them.
    """
    match preset:
        case Preset.THIS_MONTH:
            return Period(today.replace(day=1), today, Preset.THIS_MONTH)
        case Preset.LAST_MONTH:
            return dataclasses.replace(month_before(today), preset=Preset.LAST_MONTH)
        case Preset.SEVEN_DAYS:
            return Period(today - 6 * _ONE, today, Preset.SEVEN_DAYS)
        case Preset.THIRTY_DAYS:
            return Period(today - 29 * _ONE, today, Preset.THIRTY_DAYS)
        case Preset.CUSTOM if first is not None and last is not None:
            return _custom(first, last)
        case Preset.CUSTOM:
            raise PeriodRefused("Say the first and the last day, as 2026-11-01 and 2026-11-30.")
    raise PeriodRefused(f"Choose one of the periods {', '.join(Preset)}.")


def _custom(first: datetime.date, last: datetime.date) -> Period:
    if last < first:
        raise PeriodRefused(f"The last day, {last}, is before the first, {first}; exchange them.")
    if (last - first).days >= MOST_DAYS:
        raise PeriodRefused(f"A period has at most {MOST_DAYS} days; choose a later first day.")
    if first.year < 2000 or last.year > 2999:
        raise PeriodRefused("Nothing ran then; choose days from 2000 to 2999.")
    return Period(first, last)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
