"""Tasks: read the arguments, call one function. Losing or doubling one changes nothing."""

import time
from typing import Any

from celery import shared_task

from factory.domain.answers.services import forget_answers
from factory.domain.billing import settling
from factory.domain.secrets.services import forget_past_secrets
from factory.doors.background import schedule
from factory.foundation import clock
from factory.foundation.errors import TemporaryError, UserError
from factory.orchestration import installing, reconcile, signs_of_life
from factory.orchestration.signs_of_life import Sign

EXPECTED = (TemporaryError, UserError)
"""Told in one line: an engine that is away, a run that is gone. The next sweep looks again."""


@shared_task(name=schedule.RECONCILE_RUN, acks_late=True, throws=EXPECTED)
def reconcile_run(*, run_id: str, **_newer: Any) -> None:
    began = time.monotonic()
    reconcile.reconcile(run_id=run_id, now=clock.now())
    signs_of_life.keep_duration(time.monotonic() - began)


@shared_task(name=schedule.SWEEP, acks_late=True, throws=EXPECTED)
def sweep(**_newer: Any) -> None:
    signs_of_life.show(Sign.WORKER)
    reconcile.sweep(now=clock.now())


@shared_task(name=schedule.SETTLE, acks_late=True, throws=EXPECTED)
def settle(**_newer: Any) -> None:
    settling.settle(now=clock.now())


@shared_task(name=schedule.INSTALL, acks_late=True, throws=EXPECTED)
def install_component(*, installation_id: str, **_newer: Any) -> None:
    installing.install(installation_id=installation_id, now=clock.now())


@shared_task(name=schedule.SWEEP_INSTALLATIONS, acks_late=True, throws=EXPECTED)
def sweep_installations(**_newer: Any) -> None:
    installing.sweep_installations(now=clock.now())


@shared_task(name=schedule.FORGET, acks_late=True, throws=EXPECTED)
def forget(**_newer: Any) -> None:
    now = clock.now()
    forget_answers(now=now)
    forget_past_secrets(now=now)
