import datetime
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from components.contract.node_states import NodeState
from factory.domain.catalogue.components import component
from factory.domain.runs import services
from factory.domain.runs.models import Artifact, Instance, Run, RunNode
from factory.domain.runs.selectors import snapshot, unfinished_runs
from factory.domain.runs.services import ParameterChangeRefused, RunOver, RunUnknown
from factory.domain.runs.states import RunState
from factory.doors.terminal.management.commands.set import judge


def say(run: Run, node: str, state: NodeState, now: datetime.datetime, **changes: Any) -> None:
    said: dict[str, Any] = {"attempt": 1, "reason": "", "observed_revision": 1, "refused": None} | changes
    services.record_node_report(run_id=run.pk, node=node, state=state, now=now, **said)


def start_all(run: Run, now: datetime.datetime) -> None:
    for node in run.nodes.all():
        Instance.objects.create(
            run=run,
            node=node.name,
            attempt=1,
            name=f"pf-{run.pk}-{node.name}-1",
            epoch=1,
            engine_state="running",
            requested_at=now,
        )


def test_a_new_run_waits_with_a_row_for_each_node(run: Run) -> None:
    shown = snapshot(run_id=run.pk)

    assert (shown.state, shown.wanted, shown.host) == (RunState.WAITING, True, "the host")
    assert [(node.name, node.component, node.attempt, node.revision) for node in shown.nodes] == [
        ("camera", "test_source@1.0.0", 0, 1),
        ("caption", "overlay@1.0.0", 0, 1),
        ("file", "recorder@1.0.0", 0, 1),
    ]


def test_unfinished_runs_are_those_of_a_host_that_are_not_over(run: Run, now: datetime.datetime) -> None:
    assert unfinished_runs() == unfinished_runs(host="the host") == [run.pk]
    assert unfinished_runs(host="elsewhere") == []

    run.move_to(RunState.STOPPED, now=now)

    assert unfinished_runs() == []


def test_a_stop_is_kept_with_the_first_reason(run: Run, now: datetime.datetime) -> None:
    services.request_stop(run_id=run.pk, now=now, reason="alice pressed stop")
    services.request_stop(run_id=run.pk, now=now, reason="bob pressed it too")

    run.refresh_from_db()
    assert (run.wanted, run.stop_reason) == (False, "alice pressed stop")


def test_nobody_can_stop_what_is_not_there(db: None, now: datetime.datetime) -> None:
    with pytest.raises(RunUnknown):
        services.request_stop(run_id="nobody", now=now)


def test_a_live_change_makes_a_new_revision_of_the_given_values(run: Run, now: datetime.datetime) -> None:
    revision = services.change_parameters(run_id=run.pk, node="caption", parameters={"opacity": 0.5}, now=now)

    row = RunNode.objects.get(run=run, name="caption")
    assert (revision, row.revision, row.observed_revision) == (2, 2, 0)
    assert row.parameters == {"text": "Hello", "opacity": 0.5}


def test_a_change_after_a_refusal_leaves_out_what_was_refused(run: Run, now: datetime.datetime) -> None:
    start_all(run, now)
    say(run, "caption", NodeState.READY, now)
    services.change_parameters(run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=now)
    refused = {"revision": 2, "reason": "no such font"}
    say(run, "caption", NodeState.READY, now, refused=refused)
    assert judge(snapshot(run_id=run.pk).nodes[1], 2) == "no such font"

    revision = services.change_parameters(run_id=run.pk, node="caption", parameters={"opacity": 0.5}, now=now)

    row = RunNode.objects.get(run=run, name="caption")
    assert row.in_force() == ({"text": "Hello", "opacity": 0.5}, revision) == (row.parameters, 3)
    assert judge(snapshot(run_id=run.pk).nodes[1], 3) is None
    say(run, "caption", NodeState.READY, now, observed_revision=3)
    row.refresh_from_db()
    assert (row.accepted, row.accepted_revision, row.refused) == (row.parameters, 3, None)
    assert judge(snapshot(run_id=run.pk).nodes[1], 3) == ""


def test_a_refusal_rings_since_the_next_attempt_must_not_get_it(
    run: Run, now: datetime.datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    say(run, "caption", NodeState.READY, now)
    services.change_parameters(run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=now)
    refused = {"revision": 2, "reason": "no such font"}

    with django_capture_on_commit_callbacks() as bells:
        say(run, "caption", NodeState.READY, now, refused=refused)
    with django_capture_on_commit_callbacks() as no_more_bells:
        say(run, "caption", NodeState.READY, now, refused=refused)

    assert (len(bells), len(no_more_bells)) == (1, 0)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"no_such": 1}, "no parameter .no_such"),
        ({"text": 5}, "text"),
        ({"text": "x" * 5000}, "too many"),
    ],
)
def test_what_the_manifest_does_not_allow_is_refused_as_a_whole(
    run: Run, now: datetime.datetime, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(ParameterChangeRefused, match=words):
        services.change_parameters(run_id=run.pk, node="caption", parameters={"opacity": 0.5} | parameters, now=now)

    assert RunNode.objects.get(run=run, name="caption").parameters == {"text": "Hello"}


def test_what_needs_a_restart_is_refused_unless_it_stays_as_it_is(run: Run, now: datetime.datetime) -> None:
    assert component("test_source@1.0.0").manifest.parameters["width"].apply == "restart"

    with pytest.raises(ParameterChangeRefused, match="width: it cannot change while it runs"):
        services.change_parameters(run_id=run.pk, node="camera", parameters={"width": 320}, now=now)

    assert services.change_parameters(run_id=run.pk, node="camera", parameters={"width": 640}, now=now) == 2


def test_a_run_that_ends_takes_no_changes(run: Run, now: datetime.datetime) -> None:
    services.request_stop(run_id=run.pk, now=now)

    with pytest.raises(RunOver):
        services.change_parameters(run_id=run.pk, node="caption", parameters={"text": "Bye"}, now=now)


def test_a_node_that_is_not_there_is_said_to_be_unknown(run: Run, now: datetime.datetime) -> None:
    with pytest.raises(RunUnknown):
        services.change_parameters(run_id=run.pk, node="nobody", parameters={}, now=now)


def test_what_a_node_says_is_kept_and_its_history_written_once(run: Run, now: datetime.datetime) -> None:
    start_all(run, now)
    refused = {"revision": 2, "reason": "no such font"}
    for _ in range(2):
        say(run, "caption", NodeState.READY, now, refused=refused)

    row = RunNode.objects.get(run=run, name="caption")
    assert (row.state, row.attempt, row.observed_revision, row.refused) == ("ready", 1, 1, refused)
    assert [(change.old, change.new) for change in run.changes.filter(node="caption")] == [("starting", "ready")]
    assert Instance.objects.get(run=run, node="caption").ready_at == now


def test_an_earlier_attempt_says_nothing_new(run: Run, now: datetime.datetime) -> None:
    RunNode.objects.filter(run=run, name="file").update(attempt=2)

    say(run, "file", NodeState.READY, now)

    assert RunNode.objects.get(run=run, name="file").state == "starting"


def test_the_last_node_that_is_ready_makes_the_run_ready(run: Run, now: datetime.datetime) -> None:
    start_all(run, now)
    run.move_to(RunState.STARTING, now=now)
    for node in ("camera", "caption"):
        say(run, node, NodeState.READY, now)
    assert Run.objects.get(pk=run.pk).state == RunState.STARTING

    say(run, "file", NodeState.READY, now)

    assert Run.objects.get(pk=run.pk).state == RunState.READY


def test_what_nodes_say_never_ends_a_run(run: Run, now: datetime.datetime) -> None:
    services.request_stop(run_id=run.pk, now=now)

    say(run, "file", NodeState.READY, now)

    assert Run.objects.get(pk=run.pk).state == RunState.WAITING


def test_reports_on_what_is_not_there_are_dropped(run: Run, now: datetime.datetime) -> None:
    say(run, "nobody", NodeState.READY, now)

    assert not run.changes.exclude(node="").exists()


def test_a_node_that_says_failed_rings(
    run: Run, now: datetime.datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as bells:
        say(run, "file", NodeState.FAILED, now, reason="no such codec")

    assert bells


def test_a_file_is_one_however_often_it_is_announced(run: Run, now: datetime.datetime) -> None:
    key = {"run_id": run.pk, "node": "file", "attempt": 1, "name": "hello.mp4", "now": now}
    for _ in range(2):
        services.record_artifact_opened(**key, media_type="video/mp4", path="/out/hello.mp4")  # type: ignore[arg-type]
    services.record_artifact_closed(**key, bytes=1234, complete=True)  # type: ignore[arg-type]

    file = Artifact.objects.get(run=run)
    assert (file.bytes, file.complete, file.closed_at) == (1234, True, now)
    assert [artifact.name for artifact in snapshot(run_id=run.pk).artifacts] == ["hello.mp4"]
