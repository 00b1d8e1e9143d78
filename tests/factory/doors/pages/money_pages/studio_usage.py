"""The studio's usage, charged by hand, for tests of the pages about it."""

import datetime

from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.services import freeze_version
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_run
from tests.factory.domain.billing.ledgers import Piece, charge
from tests.factory.metered import AN_HOUR, START

MINUTE = datetime.timedelta(minutes=1)


def run_of(pipeline: Pipeline, *, now: datetime.datetime = START) -> Run:
    """A run of the pipeline as it is."""
    version = freeze_version(pipeline=pipeline, now=now)
    return request_run(version=version, now=now, deadline=now + datetime.timedelta(hours=9), host="a host")


def fill(pipeline: Pipeline, *, now: datetime.datetime) -> list[Run]:
    """Two runs that ended just before now: one of three containers, of which one charge was undone, one of one."""
    ago = now - START
    first, second = run_of(pipeline, now=now - 90 * MINUTE), run_of(pipeline, now=now - 60 * MINUTE)
    charge(first, Piece("camera", ago - 9 * MINUTE, AN_HOUR))
    charge(first, Piece("caption", ago - 8 * MINUTE, 1_234_567))
    charge(first, Piece("file", ago - 7 * MINUTE, AN_HOUR, is_undone=True))
    charge(second, Piece("camera", ago - 2 * MINUTE, 30_000))
    return [first, second]
