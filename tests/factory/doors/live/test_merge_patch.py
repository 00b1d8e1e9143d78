"""RFC 7396: the cases of its appendix A that our states can hold, and what must hold for every pair of states."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.doors.live.merge_patch import apply, diff

NUMBERS = st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.booleans() | NUMBERS | st.text(max_size=3)
NAMES = st.sampled_from(["a", "b", "c", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
STATES = st.dictionaries(NAMES, VALUES, max_size=4)


def _as_text(value: Any) -> str:
    """So that true and 1 differ, as they do in JSON."""
    return json.dumps(value, sort_keys=True)


@given(STATES, STATES)
def test_the_patch_of_two_states_makes_one_of_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = _as_text(old)
    assert _as_text(apply(old, diff(old, new))) == _as_text(new)
    assert _as_text(old) == before


@given(STATES)
def test_the_patch_of_a_state_and_itself_is_empty(state: dict[str, Any]) -> None:
    assert diff(state, json.loads(json.dumps(state))) == {}


@given(STATES, STATES)
def test_a_patch_is_empty_only_where_nothing_differs(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert (diff(old, new) == {}) == (_as_text(old) == _as_text(new))


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_patches_apply_as_the_rfc_says(target: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    assert apply(target, patch) == result


def test_true_in_the_place_of_one_is_a_change() -> None:
    assert diff({"a": 1, "b": [1]}, {"a": True, "b": [True]}) == {"a": True, "b": [True]}
