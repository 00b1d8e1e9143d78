from typing import Any

import pytest

from components.contract.messages import CONTRACT_VERSION, Hello, Report
from factory.doors.nodes.run_board import MESSAGES_A_SECOND, RunBoard
from factory.doors.nodes.wire_rates import Total, WireRates
from tests.factory.doors.nodes.worlds import SOUND_TO_FILE, small_run

SECOND = 1_000_000_000


def hello(state: str = "starting") -> Hello:
    return Hello(CONTRACT_VERSION, 0, 0, [], state)


def report(state: str = "ready", **more: Any) -> Report:
    fields: dict[str, Any] = {"inputs": {}, "outputs": {}, "measures": {}, "refused": None}
    return Report(state=state, reason="", observed_revision=1, ends=[], **{**fields, **more})


def shown(board: RunBoard, now_ns: int = 0) -> dict[str, Any]:
    return board.message(small_run(), {SOUND_TO_FILE: 1}, now_ns=now_ns)


@pytest.fixture
def board() -> RunBoard:
    board = RunBoard("run")
    board.follow(small_run())
    return board


def test_it_shows_each_node_as_its_instance_last_said(board: RunBoard) -> None:
    board.hello("camera", 1, hello())
    board.report("camera", 1, report(measures={"frames": 3}), now_ns=0)
    nodes = shown(board)["nodes"]
    assert nodes["camera"]["state"] == "ready"
    assert nodes["camera"]["measures"] == {"frames": 3.0}
    assert nodes["camera"]["revision"] == nodes["camera"]["observed_revision"] == 1
    assert nodes["screen"]["state"] == "starting"


def test_an_older_instance_does_not_speak_for_its_node(board: RunBoard) -> None:
    board.hello("camera", 2, hello("ready"))
    board.report("camera", 1, report("failed"), now_ns=0)
    board.lost("camera", 1)
    assert shown(board)["nodes"]["camera"]["state"] == "ready"


def test_a_lost_connection_is_shown(board: RunBoard) -> None:
    board.hello("camera", 1, hello("ready"))
    board.lost("camera", 1)
    assert shown(board)["nodes"]["camera"]["reason"] == "it is not connected"


def test_a_change_of_state_is_told_at_once_and_counters_four_times_a_second(board: RunBoard) -> None:
    shown(board, now_ns=0)
    assert board.due_in(1) is None
    board.hello("camera", 1, hello())
    assert board.due_in(1) == 0
    shown(board, now_ns=1)
    board.report("camera", 1, report("starting"), now_ns=2)
    shown(board, now_ns=3)
    board.report("camera", 1, report("starting"), now_ns=4)
    assert board.due_in(4) == pytest.approx(0.25)


def test_even_changes_of_state_are_bounded(board: RunBoard) -> None:
    sent = 0
    for now in range(0, 2 * SECOND, SECOND // 100):
        board.report("camera", 1, report("ready" if now % 20_000_000 else "degraded"), now_ns=now)
        if board.due_in(now) == 0:
            shown(board, now_ns=now)
            sent += 1
    assert sent <= 2 * MESSAGES_A_SECOND


def test_measures_that_are_no_numbers_end_in_an_error_not_in_the_browser(board: RunBoard) -> None:
    with pytest.raises(ValueError):
        board.report("camera", 1, report(measures={"frames": "many"}), now_ns=0)
    word = board.report("camera", 1, report(measures={"frames": float("nan")}), now_ns=0)
    assert word.measures == {"frames": 0.0}


def test_rates_come_from_counters_a_second_apart() -> None:
    rates = WireRates()
    rates.hear_input({"frames": 100, "bytes": 10_000, "hop_us": 1500, "format": "h264"}, now_ns=0)
    rates.hear_input({"frames": 110, "bytes": 20_000, "hop_us": 1500, "format": "h264"}, now_ns=SECOND // 3)
    rates.hear_input({"frames": 130, "bytes": 135_000, "hop_us": 1500, "format": "h264"}, now_ns=SECOND)
    status = rates.shown(now_ns=SECOND, generation=2)
    assert (status["fps"], status["kbps"]) == (30.0, 1000.0)
    assert (status["latency_ms"], status["format"], status["live"], status["generation"]) == (1.5, "h264", True, 2)
    assert rates.shown(now_ns=5 * SECOND, generation=None)["fps"] == 0.0


def test_a_loss_that_both_ends_see_is_counted_once() -> None:
    rates = WireRates()
    rates.hear_output({"dropped": 7})
    rates.hear_input({"lost": 5}, now_ns=0)
    assert rates.shown(now_ns=0, generation=1)["lost"] == 7


def test_counts_go_on_when_an_instance_is_replaced() -> None:
    total = Total()
    assert [total.follow(value) for value in (5, 9, 2, 4)] == [5, 9, 11, 13]
