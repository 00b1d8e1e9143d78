"""Usage of a team that was charged, by hand, for tests of what pages read."""

import dataclasses
import datetime

from factory.domain.billing.charging import charge_usage, reverse_entry
from factory.domain.billing.periods import Period
from factory.domain.billing.statements import UsageFilter
from factory.domain.metering.models import InstanceUsage
from factory.domain.metering.services import record_usage
from factory.domain.runs.models import Run
from tests.factory.metered import START, end, started

HOUR = 42_500
"""What an instance of `tests.factory.metered` costs an hour, in micro-units."""
DAY = START.date()


@dataclasses.dataclass(frozen=True)
class Piece:
    """An instance: of which node, when it ended after `START`, how long it ran, and whether its charge was undone."""

    node: str
    ended_after: datetime.timedelta
    milliseconds: int
    is_undone: bool = False


def charge(run: Run, piece: Piece, *, attempt: int = 1) -> InstanceUsage:
    """Let it run, end and be charged."""
    ended_at = START + piece.ended_after
    at = ended_at - datetime.timedelta(milliseconds=piece.milliseconds)
    instance = end(started(run, piece.node, attempt=attempt, at=at), milliseconds=piece.milliseconds)
    usage = record_usage(instance_id=instance.pk, now=ended_at)
    assert usage is not None
    entry = charge_usage(usage_id=usage.pk, now=ended_at)
    if piece.is_undone:
        reverse_entry(entry=entry, by=None, note="It was our mistake", now=ended_at)
    return usage


def of_days(run: Run, first: datetime.date = DAY, last: datetime.date = DAY, **more: str) -> UsageFilter:
    """What the run's team used on these days."""
    return UsageFilter(run.team_id, Period(first, last), **more)
