import datetime

from factory.domain.runs.models import Artifact, Run
from factory.domain.runs.selectors import artifact_of, newest_changes, run_of, runs_of, snapshot
from factory.domain.runs.services import record_artifact_closed, record_artifact_opened, request_run
from factory.domain.runs.states import RunState


def test_runs_belong_to_their_pipeline_and_come_the_newest_first(run: Run, now: datetime.datetime) -> None:
    later = now + datetime.timedelta(minutes=1)
    second = request_run(version=run.version, now=later, deadline=later, host="the host")
    pipeline_id = run.version.pipeline_id

    assert list(runs_of(pipeline_id=pipeline_id)) == [second, run]
    assert run_of(pipeline_id=pipeline_id, run_id=run.pk) == run
    assert run_of(pipeline_id=pipeline_id + 1, run_id=run.pk) is None
    assert run_of(pipeline_id=pipeline_id, run_id="nothing") is None


def test_the_newest_changes_are_told_in_their_order(run: Run, now: datetime.datetime) -> None:
    run.move_to(RunState.STARTING, now=now)
    run.move_to(RunState.STOPPED, now=now)

    assert [change.new for change in newest_changes(run_id=run.pk, most=2)] == ["starting", "stopped"]
    assert [change.new for change in newest_changes(run_id=run.pk, most=9)] == ["waiting", "starting", "stopped"]


def test_a_file_belongs_to_its_run_and_is_open_until_it_is_closed(run: Run, now: datetime.datetime) -> None:
    key = {"run_id": run.pk, "node": "file", "attempt": 1, "name": "hello.mp4", "now": now}
    record_artifact_opened(**key, media_type="video/mp4", path="/out/hello.mp4")  # type: ignore[arg-type]
    (opened,) = snapshot(run_id=run.pk).artifacts
    record_artifact_closed(**key, bytes=5, complete=True)  # type: ignore[arg-type]
    (closed,) = snapshot(run_id=run.pk).artifacts
    file = Artifact.objects.get()

    assert (opened.id, opened.closed, closed.id, closed.closed) == (file.pk, False, file.pk, True)
    assert artifact_of(run_id=run.pk, artifact_id=file.pk) == file
    assert artifact_of(run_id="other", artifact_id=file.pk) is None
