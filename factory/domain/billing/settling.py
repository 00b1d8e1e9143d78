"""Finds what a lost bell missed: usage that is not written, not charged, money that is not given back."""

import dataclasses
import datetime
import logging

from django.db import OperationalError, transaction

from factory.domain.accounts import audit
from factory.domain.accounts.models import Team
from factory.domain.billing.charging import charge_missed
from factory.domain.billing.models import Reservation
from factory.domain.billing.reservations import OutOfCredit, is_due, quantum, release_run, renew_run
from factory.domain.billing.services import open_wallet
from factory.domain.metering.services import record_missed
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER
from factory.domain.runs.services import request_stop

MOST_AT_ONCE = 500
STOP_AHEAD = datetime.timedelta(seconds=15)
"""So long before its paid time ends a run is asked to, that it ends within it."""

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Settled:
    """How much a sweep found."""

    opened: int = 0
    metered: int = 0
    charged: int = 0
    released: int = 0


def settle(*, now: datetime.datetime, most: int = MOST_AT_ONCE) -> Settled:
    """Do all that waits, so many of each kind at most; doing it twice, or elsewhere at once, changes nothing."""
    poor = list(Team.objects.filter(wallet=None).order_by("pk")[:most])
    for team in poor:
        open_wallet(team=team, now=now)
    metered = record_missed(now=now, most=most)
    charged = charge_missed(now=now, most=most)
    settled = Reservation.objects.filter(released_at=None, run__state__in=OVER).order_by("pk")
    released = sum(
        release_run(run_id=run_id, now=now) for run_id in list(settled.values_list("run_id", flat=True)[:most])
    )
    return Settled(len(poor), metered, charged, released)


def keep_paid(*, run_id: str, now: datetime.datetime) -> bool:
    """Renew what is set aside for a run where that is due. Where it cannot be, it uses what it paid for, but for the
    time that it needs to end; then it is asked to stop, and told why.

    Returns:
        False where it was asked to stop.
    """
    try:
        renew_run(run_id=run_id, now=now)
    except OutOfCredit as error:
        paid_until = Run.objects.values_list("paid_until", flat=True).get(pk=run_id)
        if paid_until is not None and now < paid_until - _ahead_of_the_end():
            return True
        _stop(run_id, error.message, now)
        return False
    return True


@transaction.atomic
def _stop(run_id: str, why: str, now: datetime.datetime) -> None:
    run = Run.objects.select_for_update(no_key=True).get(pk=run_id)
    if not run.wanted:
        # Worker and agent both found out, or somebody else had asked.
        return
    request_stop(run_id=run_id, now=now, reason=why)
    details = {"run": run_id, "why": why}
    slug = run.version.pipeline.slug
    audit.record(team=run.team, actor=None, action="run.out_of_credit", subject=slug, now=now, details=details)


def _ahead_of_the_end() -> datetime.timedelta:
    return min(STOP_AHEAD, quantum() / 4)


def renew_reservations(*, now: datetime.datetime, host: str | None = None, most: int = MOST_AT_ONCE) -> list[str]:
    """Keep the runs of a host, or of all, paid for; returns those that had to be asked to stop."""
    runs = Run.objects.filter(paid_until__isnull=False, wanted=True).exclude(state__in=OVER)
    if host is not None:
        runs = runs.filter(host=host)
    stopped = []
    for run_id, paid_until in list(runs.order_by("paid_until").values_list("pk", "paid_until")[:most]):
        if not is_due(paid_until, now):
            continue
        try:
            if not keep_paid(run_id=run_id, now=now):
                stopped.append(run_id)
        except OperationalError:
            raise
        except Exception:
            # One run that cannot be looked at must not end the others, whose paid time goes by.
            logger.exception("run %s cannot be kept paid for; it is tried again", run_id)
    return stopped
