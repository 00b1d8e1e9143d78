import pytest

from factory.domain.accounts.services import ensure_home, ensure_home_owner
from factory.domain.pipelines.services import create_pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.services import request_stop
from factory.domain.runs.states import RunState
from factory.doors.terminal import sample
from factory.foundation import clock

pytestmark = pytest.mark.django_db


def test_the_sample_is_made_once_and_then_left_as_it_is() -> None:
    owner, now = ensure_home_owner(), clock.now()
    first = sample.prepare_sample(owner=owner, now=now)
    revision = first.revision

    again = sample.prepare_sample(owner=owner, now=now)

    assert (again.pk, again.revision, again.team) == (first.pk, revision, ensure_home())


def test_a_run_of_the_sample_that_is_under_way_is_used() -> None:
    pipeline = sample.prepare_sample(owner=ensure_home_owner(), now=clock.now())

    first = sample.run_sample(pipeline=pipeline, now=clock.now())

    assert sample.run_sample(pipeline=pipeline, now=clock.now()) == first
    assert Run.objects.count() == 1


def test_a_sample_that_ends_instead_of_starting_says_why() -> None:
    now = clock.now()
    run = sample.run_sample(pipeline=sample.prepare_sample(owner=ensure_home_owner(), now=now), now=now)
    request_stop(run_id=run, now=now)
    Run.objects.get(pk=run).move_to(RunState.FAILED, now=now, reason="picture: no such image")

    with pytest.raises(sample.SampleBroken, match="failed: picture: no such image"):
        sample.await_ready(run, interrupted=lambda: False)
    assert sample.await_end(run)


def test_services_that_cannot_be_kept_are_the_reason() -> None:
    now = clock.now()
    run = sample.run_sample(pipeline=sample.prepare_sample(owner=ensure_home_owner(), now=now), now=now)

    with pytest.raises(sample.SampleBroken, match="the worker ends again and again"):
        sample.await_ready(run, interrupted=lambda: False, trouble=lambda: "the worker ends again and again")


def test_nobody_waits_for_the_sample_once_interrupted() -> None:
    now = clock.now()
    run = sample.run_sample(pipeline=sample.prepare_sample(owner=ensure_home_owner(), now=now), now=now)

    sample.await_ready(run, interrupted=lambda: True)

    assert Run.objects.get(pk=run).run_state is RunState.WAITING


def test_a_pipeline_of_that_name_that_somebody_drew_is_taken_for_the_sample() -> None:
    mine = create_pipeline(team=ensure_home(), name="watch", now=clock.now())

    assert sample.prepare_sample(owner=ensure_home_owner(), now=clock.now()) == mine
