"""Runs whose instances have started and ended at given times, for tests of what they cost."""

import datetime

from django.conf import settings

from factory.domain.metering.models import InstanceUsage
from factory.domain.metering.services import record_usage
from factory.domain.runs.models import Instance, Run, RunNode
from factory.domain.runs.services import request_run
from tests.factory.hello import hello_version

START = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
AN_HOUR = 3_600_000


def new_run(now: datetime.datetime = START) -> Run:
    """A run of the hello pipeline, of alice's team, that nobody set anything aside for."""
    deadline = now + datetime.timedelta(hours=20)
    return request_run(version=hello_version(now), now=now, deadline=deadline, host=settings.FACTORY_HOST)


def started(run: Run, node: str = "camera", *, attempt: int = 1, at: datetime.datetime = START) -> Instance:
    """An instance that the engine shows running, of one processor and half a GiB."""
    RunNode.objects.filter(run=run, name=node).update(attempt=attempt)
    return Instance.objects.create(
        run=run,
        node=node,
        attempt=attempt,
        name=f"pf-{run.pk}-{node}-{attempt}",
        epoch=1,
        engine_state="running",
        requested_at=at,
        started_at=at,
        seen_at=at,
        cpu_millis=1000,
        memory_mib=512,
    )


def end(instance: Instance, *, milliseconds: float) -> Instance:
    """The engine says that it ran for so long."""
    assert instance.started_at is not None
    finished_at = instance.started_at + datetime.timedelta(milliseconds=milliseconds)
    instance.engine_state, instance.finished_at, instance.ended_at = "exited", finished_at, finished_at
    instance.save()
    return instance


def used(run: Run, node: str = "camera", *, milliseconds: float = AN_HOUR, attempt: int = 1) -> InstanceUsage:
    """Usage that nobody has charged."""
    instance = end(started(run, node, attempt=attempt), milliseconds=milliseconds)
    usage = record_usage(instance_id=instance.pk, now=START)
    assert usage is not None
    return usage
