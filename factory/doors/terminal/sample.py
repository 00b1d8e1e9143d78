"""What `manage.py demo` shows: a sample pipeline of the home team, and a run of it."""

import datetime
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from factory.domain.accounts.models import User
from factory.domain.accounts.services import ensure_home
from factory.domain.graph.document import parse
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import pipeline_of
from factory.domain.pipelines.services import import_yaml, slug_of
from factory.domain.runs import selectors
from factory.domain.runs.states import RunState
from factory.foundation.errors import OurError
from factory.orchestration import admission

SAMPLE = Path(settings.BASE_DIR) / "examples" / "watch.yaml"
READY_SECONDS = 90.0
STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.1


class SampleBroken(OurError):
    """The sample does not run as it should."""

    id: ClassVar[str] = "terminal:ours:sample-broken"


def prepare_sample(*, owner: User, now: datetime.datetime) -> Pipeline:
    """The sample; where it is there already it stays as its people left it."""
    home, text = ensure_home(), SAMPLE.read_text()
    found = pipeline_of(team=home, slug=slug_of(parse(text).name))
    return found or import_yaml(team=home, text=text, now=now, by=owner)


def run_sample(*, pipeline: Pipeline, now: datetime.datetime) -> str:
    """The id of a run of the sample; of the one that is under way where there is one.

    Raises:
        GraphRefused, RunRefused: someone changed it, and it cannot run any more.
    """
    try:
        return admission.start_pipeline(pipeline=pipeline, now=now, host=settings.FACTORY_HOST).pk
    except admission.AlreadyRunning as running:
        return running.run.pk


def await_ready(
    run_id: str, *, interrupted: Callable[[], bool], trouble: Callable[[], str | None] = lambda: None
) -> None:
    """Return once every node of a run takes media, or when interrupted.

    Raises:
        SampleBroken: it ended instead, or took too long, or `trouble` says why nobody can carry it out.
    """
    deadline = time.monotonic() + READY_SECONDS
    while not interrupted():
        run = selectors.snapshot(run_id=run_id)
        if run.state in (RunState.READY, RunState.DEGRADED):
            return
        if run.state.is_over or time.monotonic() > deadline:
            raise SampleBroken(f"the sample pipeline is {run.state}: {run.reason or 'no reason is known'}")
        if reason := trouble():
            raise SampleBroken(reason)
        time.sleep(_LOOK_SECONDS)


def await_end(run_id: str) -> bool:
    """Whether a run that was asked to end is over in time."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if selectors.snapshot(run_id=run_id).state.is_over:
            return True
        time.sleep(_LOOK_SECONDS)
    return False
