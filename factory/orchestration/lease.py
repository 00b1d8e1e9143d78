"""Sees to it that one process at a time works on a run, and that nothing of one that lost its turn is kept."""

import contextlib
import dataclasses
import datetime
import os
import secrets
from collections.abc import Iterator
from typing import ClassVar

from django.conf import settings
from django.db import transaction

from factory.domain.runs.models import Run
from factory.domain.runs.services import RunUnknown
from factory.foundation.errors import TemporaryError

LEASE = datetime.timedelta(seconds=15)
_MOST_TRIES = 3


class LeaseLost(TemporaryError):
    """Someone else works on the run by now; nothing more is written here."""

    id: ClassVar[str] = "run:ours:lease-lost"


@dataclasses.dataclass(frozen=True)
class Lease:
    """The right to work on a run, as long as its epoch is the run's."""

    run_id: str
    epoch: int

    @contextlib.contextmanager
    def writing(self, *, now: datetime.datetime) -> Iterator[None]:
        """One transaction that is kept only while the lease is held, and that makes it last longer.

        Raises:
            LeaseLost: someone took over.
        """
        with transaction.atomic():
            self.renew(now=now)
            yield

    def renew(self, *, now: datetime.datetime) -> None:
        """Make the lease last from now on.

        Raises:
            LeaseLost: someone took over.
        """
        held = Run.objects.filter(pk=self.run_id, epoch=self.epoch).update(lease_until=now + LEASE)
        if held != 1:
            raise LeaseLost(f"Run {self.run_id} was taken over from epoch {self.epoch}; leave it to the new holder.")

    def release(self) -> bool:
        """Give it up, unless someone wants another look, which is then ours; a lost one counts as given up."""
        mine = Run.objects.filter(pk=self.run_id, epoch=self.epoch)
        if mine.filter(dirty=False).update(lease_owner="", lease_until=None):
            return True
        return not mine.update(dirty=False)

    def abandon(self) -> None:
        """Give it up, whoever wants what."""
        Run.objects.filter(pk=self.run_id, epoch=self.epoch).update(lease_owner="", lease_until=None)


def acquire(*, run_id: str, now: datetime.datetime) -> Lease | None:
    """The lease on a run, or None where someone has it; the holder then looks once more before giving it up.

    None as well for a run of another host: only there its instances can be seen.

    Raises:
        RunUnknown: there is no such run.
    """
    owner = f"{settings.FACTORY_HOST}:{os.getpid()}:{secrets.token_hex(8)}"
    for _ in range(_MOST_TRIES):
        row = Run.objects.filter(pk=run_id).values("host", "epoch", "lease_owner", "lease_until").first()
        if row is None:
            raise RunUnknown(f"There is no run {run_id}; list them and choose one.")
        if row["host"] != settings.FACTORY_HOST:
            return None
        same = Run.objects.filter(pk=run_id, epoch=row["epoch"], lease_owner=row["lease_owner"])
        if _is_free(row["lease_owner"], row["lease_until"], now):
            epoch = row["epoch"] + 1
            if same.update(epoch=epoch, lease_owner=owner, lease_until=now + LEASE, dirty=False):
                return Lease(run_id, epoch)
        elif same.update(dirty=True):
            return None
    # So many changes of holder since we were asked: they have all looked after us.
    return None


def _is_free(owner: str, until: datetime.datetime | None, now: datetime.datetime) -> bool:
    if not owner or until is None or until <= now:
        return True
    # Further away than any lease: the clock was set back. A take-over is safe, since the epoch fences.
    return until - now > 2 * LEASE or _is_gone(owner)


def _is_gone(owner: str) -> bool:
    """Whether the holder was a process of this host that is no more."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != settings.FACTORY_HOST or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
