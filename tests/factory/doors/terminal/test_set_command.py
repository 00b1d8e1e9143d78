import pytest
from django.core.management.base import CommandError

from factory.doors.terminal.management.commands.set import judge, read_parameters
from tests.factory.doors.terminal.test_run_rows import node


def test_values_are_json_or_else_text() -> None:
    words = ["strength=0.5", "text=Hello = you", "clock=true", 'quoted="1"', "empty="]
    assert read_parameters(words) == {
        "strength": 0.5,
        "text": "Hello = you",
        "clock": True,
        "quoted": "1",
        "empty": "",
    }


@pytest.mark.parametrize("word", ["strength", "=1"])
def test_a_word_that_is_no_parameter_is_refused(word: str) -> None:
    with pytest.raises(CommandError, match="name=value"):
        read_parameters([word])


def test_only_the_component_says_that_a_change_is_in_force() -> None:
    assert judge(node("caption", revision=3, observed_revision=2), 3) is None
    assert judge(node("caption", revision=3, observed_revision=3), 3) == ""
    refused = node("caption", revision=3, observed_revision=2, refused={"revision": 3, "reason": "too long"})
    assert judge(refused, 3) == "too long"
    assert judge(refused, 4) is None
