"""Whose word counts, and what is left out."""

import dataclasses
import datetime
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.contract.node_states import NodeState
from factory.domain.runs.selectors import ArtifactSnapshot, NodeSnapshot, RunSnapshot
from factory.domain.runs.states import RunState
from factory.doors.live.view import MOST_ARTIFACTS, PipelineRows, live_state, thinned
from tests.factory.doors.live.status import WIRE, wire, word

NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def node(**more: Any) -> NodeSnapshot:
    plain: dict[str, Any] = {
        "name": "caption",
        "component": "overlay@1.0.0",
        "state": NodeState.STARTING,
        "reason": "",
        "attempt": 2,
        "parameters": {"text": "Hello"},
        "revision": 3,
        "observed_revision": 2,
        "refused": None,
        "given_up": False,
        "give_up_reason": "",
        "engine_state": "running",
        "exit_code": None,
        "end_reason": "",
        "started_at": NOON,
        "ready_at": None,
        "finished_at": None,
    }
    return NodeSnapshot(**plain | more)


def rows(*nodes: NodeSnapshot, **more: Any) -> PipelineRows:
    plain: dict[str, Any] = {
        "id": "run",
        "state": RunState.STARTING,
        "reason": "",
        "wanted": True,
        "host": "studio",
        "requested_at": NOON,
        "deadline": NOON,
        "stopped_at": None,
        "nodes": nodes,
        "artifacts": (),
    }
    return PipelineRows("Hello", 7, "Alice", RunSnapshot(**plain | more), 4)


def status(**nodes: Any) -> dict[str, Any]:
    return {"type": "run.status", "run": "run", "nodes": nodes, "wires": {WIRE: wire()}}


def test_a_pipeline_that_never_ran_shows_its_draft_alone() -> None:
    assert live_state(PipelineRows("Hello", 7, "Alice"), None) == {
        "pipeline": {"name": "Hello", "revision": 7, "saved_by": "Alice"},
        "nodes": {},
        "wires": {},
        "artifacts": {},
    }


def test_without_the_agent_the_rows_are_shown_and_what_is_unknown_is_absent() -> None:
    state = live_state(rows(node()), None)
    assert state["run"] == {
        "id": "run",
        "state": "starting",
        "reason": "",
        "version": 4,
        "wanted": True,
        "requested_at": "2026-01-01T12:00:00.000Z",
        "deadline": "2026-01-01T12:00:00.000Z",
    }
    assert state["nodes"]["caption"] == {
        "state": "starting",
        "reason": "",
        "attempt": 2,
        "component": "overlay@1.0.0",
        "revision": 3,
        "observed_revision": 2,
        "engine_state": "running",
        "started_at": "2026-01-01T12:00:00.000Z",
        "measures": {},
        "parameters": {"text": "Hello"},
    }
    assert state["wires"] == {}


def test_the_agents_word_of_the_same_attempt_is_fresher() -> None:
    refused = {"revision": 3, "reason": "too sad"}
    said = word("degraded", reason="dark", attempt=2, observed_revision=2, refused=refused, measures={"fps": 29.9})
    shown = live_state(rows(node()), status(caption=said))["nodes"]["caption"]
    assert (shown["state"], shown["reason"], shown["refused"]) == ("degraded", "dark", refused)
    assert shown["measures"] == {"fps": 29.9}
    # What is wanted stands in the rows; the agent may not have read it yet.
    assert shown["revision"] == 3


def test_the_agents_word_of_an_earlier_attempt_does_not_count() -> None:
    said = word("failed", reason="old", attempt=1, measures={"fps": 1.0})
    shown = live_state(rows(node()), status(caption=said))["nodes"]["caption"]
    assert (shown["state"], shown["reason"], shown["attempt"], shown["measures"]) == ("starting", "", 2, {})


def test_of_a_later_attempt_what_the_rows_say_of_the_engine_is_old_news() -> None:
    crashed = node(engine_state="exited", exit_code=1, end_reason="it ended with exit code 1")
    shown = live_state(rows(crashed), status(caption=word(attempt=3)))["nodes"]["caption"]
    assert (shown["state"], shown["attempt"], shown["engine_state"]) == ("ready", 3, "unknown")
    assert not {"exit_code", "started_at", "ready_at"} & shown.keys()


def test_an_instance_that_crashed_is_shown_as_failed_with_its_last_words() -> None:
    crashed = node(state=NodeState.READY, engine_state="exited", exit_code=137, end_reason="exit code 137")
    lost = word("starting", reason="it is not connected", attempt=2, measures={"fps": 30.0})
    shown = live_state(rows(crashed), status(caption=lost))["nodes"]["caption"]
    assert (shown["state"], shown["reason"], shown["exit_code"]) == ("failed", "exit code 137", 137)
    assert shown["measures"] == {}


def test_an_instance_that_said_itself_why_it_failed_is_believed() -> None:
    crashed = node(engine_state="exited", exit_code=1, end_reason="exit code 1")
    said = word("failed", reason="no such font", attempt=2)
    assert live_state(rows(crashed), status(caption=said))["nodes"]["caption"]["reason"] == "no such font"


def test_instances_that_were_asked_to_end_have_not_failed() -> None:
    ended = node(state=NodeState.DRAINING, engine_state="exited", exit_code=143)
    for more in ({"wanted": False}, {"state": RunState.STOPPING}, {"state": RunState.STOPPED}):
        assert live_state(rows(ended, **more), None)["nodes"]["caption"]["state"] == "draining"


def test_a_node_that_was_given_up_says_why() -> None:
    given_up = node(given_up=True, give_up_reason="it failed five times", reason="x")
    shown = live_state(rows(given_up), status(caption=word("starting", attempt=2)))["nodes"]["caption"]
    assert (shown["given_up"], shown["reason"]) == (True, "it failed five times")


def test_what_a_wire_does_not_say_is_absent() -> None:
    said = status()
    said["wires"][WIRE] |= {"format": "", "generation": None, "fps": math.inf}
    assert live_state(rows(node()), said)["wires"] == {
        WIRE: {"live": True, "frames": 30, "kbps": 9.5, "lost": 0, "unread": 0}
    }


def test_once_a_run_is_over_the_agents_word_is_no_more() -> None:
    over = rows(node(state=NodeState.READY), state=RunState.STOPPED, stopped_at=NOON)
    state = live_state(over, status(caption=word("degraded", attempt=2, measures={"fps": 1.0})))
    assert state["wires"] == {}
    assert (state["nodes"]["caption"]["state"], state["nodes"]["caption"]["measures"]) == ("ready", {})


def test_the_word_of_another_run_does_not_count() -> None:
    other = status(caption=word("degraded", attempt=9)) | {"run": "other"}
    assert live_state(rows(node()), other) == live_state(rows(node()), None)


def test_a_thinned_state_says_nothing_of_parameters_rather_than_that_there_are_none() -> None:
    state = live_state(rows(node(parameters={"text": "x"})), None)
    (shown,) = state["nodes"].values()
    (thin,) = thinned(state)["nodes"].values()
    assert shown["parameters"] == {"text": "x"}
    assert "parameters" not in thin
    assert thin["measures"] == {}


def test_of_very_many_files_the_newest_are_shown() -> None:
    files = tuple(
        ArtifactSnapshot("file", 1, f"{number}.mp4", "video/mp4", "/p", 1, True, id=number, closed=True)
        for number in range(MOST_ARTIFACTS + 50)
    )
    shown = live_state(rows(node(), artifacts=files), None)["artifacts"]
    assert len(shown) == MOST_ARTIFACTS
    assert str(MOST_ARTIFACTS + 49) in shown


ODDITIES: st.SearchStrategy[Any] = st.none() | st.floats() | st.integers() | st.text(max_size=3) | st.just([None])


@given(st.dictionaries(st.text(max_size=3), ODDITIES), st.dictionaries(st.text(max_size=3), ODDITIES))
def test_a_state_never_holds_null_and_is_json(parameters: dict[str, Any], measures: dict[str, Any]) -> None:
    shown = live_state(
        rows(dataclasses.replace(node(), parameters=parameters)), status(caption=word(attempt=2, measures=measures))
    )
    assert "null" not in json.dumps(shown, allow_nan=False).replace('"null"', "")


@pytest.mark.parametrize("nonsense", [{}, {"run": "run"}, {"run": "run", "nodes": {"caption": 7}, "wires": {}}])
def test_a_word_that_makes_no_sense_is_an_error_that_feeds_expect(nonsense: dict[str, Any]) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        live_state(rows(node()), nonsense)
