import datetime

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from factory.domain.accounts.append_only import NeverChanged
from factory.domain.metering.models import InstanceUsage, OpenUsage
from factory.domain.metering.services import record_missed, record_usage
from factory.domain.runs.models import Instance
from factory.domain.runs.signals import tell_of_end_on_commit
from tests.factory.metered import START, end, new_run, started, used

pytestmark = pytest.mark.django_db


def test_an_instance_that_ended_has_one_row_with_the_engines_times_and_its_size() -> None:
    usage = used(new_run(), "caption", milliseconds=1234.9, attempt=3)

    assert usage.milliseconds == 1234
    assert usage.ended_at - usage.started_at == datetime.timedelta(microseconds=1_234_900)
    told = (usage.node, usage.component, usage.attempt, usage.end_source, usage.cpu_millis, usage.memory_mib)
    assert told == ("caption", "overlay@1.0.0", 3, "engine", 1000, 512)
    assert usage.team == usage.run.team
    assert usage.pipeline == usage.run.version.pipeline


def test_it_is_written_once_however_often_somebody_rings() -> None:
    usage = used(new_run())

    assert record_usage(instance_id=usage.instance_id, now=START) is None
    assert record_missed(now=START) == 0
    assert InstanceUsage.objects.count() == OpenUsage.objects.count() == 1


def test_the_database_keeps_a_second_row_of_an_instance_out() -> None:
    usage = used(new_run())
    usage.pk, usage._state.adding = None, True

    with pytest.raises(IntegrityError), transaction.atomic():
        usage.save()


def test_what_runs_or_never_started_costs_nothing_yet() -> None:
    run = new_run()
    running = started(run)
    refused = started(run, "caption")
    Instance.objects.filter(pk=refused.pk).update(started_at=None, engine_state="absent", ended_at=START)

    assert record_usage(instance_id=running.pk, now=START) is None
    assert record_usage(instance_id=refused.pk, now=START) is None
    assert record_missed(now=START) == 0


def test_a_start_that_failed_and_had_worked_after_all_is_measured_when_its_end_is_certain() -> None:
    instance = started(new_run())
    Instance.objects.filter(pk=instance.pk).update(ended_at=START, end_reason="the engine fell silent")
    assert record_usage(instance_id=instance.pk, now=START) is None

    instance.refresh_from_db()
    end(instance, milliseconds=5000)

    usage = record_usage(instance_id=instance.pk, now=START)
    assert usage is not None
    assert usage.milliseconds == 5000


def test_one_that_the_engine_lost_counts_until_it_was_last_seen() -> None:
    instance = started(new_run())
    seen_at = START + datetime.timedelta(seconds=40)
    Instance.objects.filter(pk=instance.pk).update(
        engine_state="absent", seen_at=seen_at, ended_at=START + datetime.timedelta(hours=2)
    )

    usage = record_usage(instance_id=instance.pk, now=START)

    assert usage is not None
    assert (usage.milliseconds, usage.end_source) == (40_000, "last_seen")


def test_an_end_before_the_start_costs_nothing() -> None:
    usage = used(new_run(), milliseconds=-60_000)

    assert (usage.milliseconds, usage.ended_at) == (0, usage.started_at)


def test_one_whose_row_was_made_anew_is_of_the_size_that_its_manifest_says() -> None:
    instance = end(started(new_run(), "caption"), milliseconds=1000)
    Instance.objects.filter(pk=instance.pk).update(cpu_millis=None, memory_mib=None)

    usage = record_usage(instance_id=instance.pk, now=START)

    assert usage is not None
    assert (usage.cpu_millis, usage.memory_mib) == (1000, 256)


def test_the_bell_of_an_end_measures_it(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    instance = end(started(new_run()), milliseconds=1000)

    with django_capture_on_commit_callbacks(execute=True):
        tell_of_end_on_commit(instance_id=instance.pk)

    assert InstanceUsage.objects.get().milliseconds == 1000


def test_a_sweep_finds_what_no_bell_told_so_many_at_a_time() -> None:
    run = new_run()
    for node in ("camera", "caption", "file"):
        end(started(run, node), milliseconds=1000)

    assert [record_missed(now=START, most=2), record_missed(now=START, most=2)] == [2, 1]


def test_no_row_is_changed_or_deleted() -> None:
    usage = used(new_run())
    usage.milliseconds = 0

    for deed in (
        usage.save,
        usage.delete,
        InstanceUsage.objects.all().delete,
        lambda: InstanceUsage.objects.update(milliseconds=0),
        lambda: InstanceUsage.objects.bulk_update([usage], ["milliseconds"]),
        lambda: InstanceUsage.objects.bulk_create(
            [usage], update_conflicts=True, update_fields=["milliseconds"], unique_fields=["instance"]
        ),
    ):
        with pytest.raises(NeverChanged, match="write another row"):
            deed()
