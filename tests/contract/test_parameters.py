import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.contract.parameters import LARGEST_NUMBER, Parameter, is_storable_text, shown

A_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    ("declared", "value", "allowed"),
    [
        ({"type": "integer"}, 3, True),
        ({"type": "integer"}, 3.0, False),
        ({"type": "integer"}, True, False),
        ({"type": "integer"}, None, False),
        ({"type": "integer"}, LARGEST_NUMBER + 1, False),
        ({"type": "integer", "minimum": 2, "maximum": 8, "multiple_of": 2}, 8, True),
        ({"type": "integer", "minimum": 2, "maximum": 8, "multiple_of": 2}, 7, False),
        ({"type": "integer", "minimum": 2, "maximum": 8, "multiple_of": 2}, 10, False),
        ({"type": "number"}, 3, True),
        ({"type": "number"}, float("nan"), False),
        ({"type": "number"}, float("inf"), False),
        ({"type": "number", "maximum": 1}, 1.01, False),
        ({"type": "boolean"}, False, True),
        ({"type": "boolean"}, 0, False),
        ({"type": "string", "max_length": 3}, "äöü", True),
        ({"type": "string", "max_length": 3}, "four", False),
        ({"type": "string"}, "a\0", False),
        ({"type": "string"}, "\ud800", False),
        ({"type": "string", "enum": ["a", "b"]}, "b", True),
        ({"type": "string", "enum": ["a", "b"]}, "c", False),
        ({"type": "string", "format": "colour"}, "#00ff7F", True),
        ({"type": "string", "format": "colour"}, "00ff7f", False),
        ({"type": "string", "format": "image"}, "", True),
        ({"type": "string", "format": "image"}, A_PIXEL, True),
        ({"type": "string", "format": "image"}, f"data:image/png;base64,{A_PIXEL}", True),
        ({"type": "string", "format": "image"}, "https://example.com/logo.png", False),
        ({"type": "string", "format": "image"}, "abc", False),
    ],
)
def test_a_value_is_allowed_or_not(declared: dict[str, object], value: object, allowed: bool) -> None:
    refusal = Parameter.of(title="P", **declared).problem_of(value)

    assert (refusal is None) is allowed
    assert allowed or (refusal and refusal.message and refusal.remedy)


@given(st.integers(-100, 100), st.integers(-100, 100), st.integers(1, 20), st.integers(-200, 200))
def test_the_multiple_that_a_refusal_offers_is_not_refused_for_that(low: int, span: int, step: int, value: int) -> None:
    parameter = Parameter.of(
        type="integer", title="P", minimum=low, maximum=low + abs(span) + 2 * step, multiple_of=step
    )

    refusal = parameter.problem_of(value)

    if refusal is not None and "multiple" in refusal.message:
        assert parameter.problem_of(int(refusal.remedy.split()[-1])) is None


@given(st.text() | st.integers() | st.booleans() | st.none() | st.floats() | st.lists(st.integers()))
def test_any_value_can_be_judged_and_shown(value: object) -> None:
    for kind in ("string", "integer", "number", "boolean"):
        assert Parameter.of(type=kind, title="P").problem_of(value) is None or len(shown(value)) <= 60


@given(st.text())
def test_text_that_can_be_stored_can_be_written_as_utf8(text: str) -> None:
    if is_storable_text(text):
        assert text.encode().decode() == text
