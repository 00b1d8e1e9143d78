"""Days and months as money knows them: in UTC, whatever clock people live by. Pure."""

import datetime


def day_of(at: datetime.datetime) -> datetime.date:
    """The day on which this falls."""
    return at.astimezone(datetime.UTC).date()


def month_of(at: datetime.datetime) -> datetime.date:
    """The first day of the month in which this falls."""
    return day_of(at).replace(day=1)
