import io
from typing import Any

from components.contract.node_states import NodeState
from factory.domain.runs.selectors import NodeSnapshot
from factory.doors.terminal.run_rows import NodeRow, WireRow, node_rows, wire_rows
from factory.doors.terminal.run_view import LinesView, choose_view, describe_node, describe_wire


def node(name: str, **more: Any) -> NodeSnapshot:
    fields: dict[str, Any] = {
        "component": f"{name}@1.0.0",
        "state": NodeState.STARTING,
        "reason": "",
        "attempt": 1,
        "parameters": {},
        "revision": 1,
        "observed_revision": 0,
        "refused": None,
        "given_up": False,
        "give_up_reason": "",
        "engine_state": "running",
        "exit_code": None,
        "end_reason": "",
        "started_at": None,
        "ready_at": None,
        "finished_at": None,
    }
    return NodeSnapshot(name=name, **{**fields, **more})


def wire(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "live": True,
        "generation": 1,
        "format": "i420",
        "frames": 60,
        "fps": 30.0,
        "kbps": 1200.0,
        "lost": 0,
        "latency_ms": 0.25,
        "unread": 0,
    }
    return {**fields, **more}


LIVE = {"state": "ready", "reason": "", "attempt": 2}
STATUS = {
    "nodes": {"camera": LIVE, "file": {**LIVE, "attempt": 1}},
    "wires": {"camera.video->file.video": wire(), "camera.audio->file.audio": wire(frames=999, fps=50.0)},
}


def test_the_live_word_is_shown_where_it_is_not_of_an_older_attempt() -> None:
    rows = node_rows([node("camera", attempt=2), node("file", attempt=2)], STATUS)
    assert [(row.state, row.restarts) for row in rows] == [("ready", 1), ("starting", 1)]


def test_a_node_is_measured_by_its_pictures() -> None:
    rows = node_rows([node("camera"), node("file")], STATUS)
    assert [(row.frames, row.fps) for row in rows] == [(60, 30.0), (60, 30.0)]


def test_what_was_given_up_says_why_whatever_was_heard_last() -> None:
    rows = node_rows([node("camera", given_up=True, give_up_reason="no image", state=NodeState.FAILED)], STATUS)
    assert (rows[0].state, rows[0].reason) == ("failed", "no image")


def test_before_any_status_there_are_nodes_and_no_wires() -> None:
    assert node_rows([node("camera")], {})[0] == NodeRow("camera", "starting", "", 0, 0, 0.0)
    assert wire_rows({}) == []


def test_lines_say_all_that_a_row_holds() -> None:
    row = WireRow("camera.video->file.video", "live", "i420", 60, 30.0, 1200.0, 3, 0.25)
    for part in ("camera.video->file.video", "live", "i420", "60", "30.0 fps", "1200 kbit/s", "lost 3", "0.25 ms"):
        assert part in describe_wire(row)
    assert describe_node(NodeRow("a", "failed", "no image\nat all", 2, 0, 0.0)).endswith("no image")


def test_lines_come_at_once_when_a_state_changes_and_not_ten_times_a_second() -> None:
    out = io.StringIO()
    view = LinesView(out)
    for state in ("starting", "starting", "starting", "ready", "ready"):
        view.show("now", [NodeRow("camera", state, "", 0, 0, 0.0)], [])
    assert out.getvalue().count("-- now") == 2


def test_a_pipe_gets_lines() -> None:
    assert isinstance(choose_view(io.StringIO()), LinesView)
