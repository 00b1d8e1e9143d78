"""The command lines of the product's processes: what operators serve is what `up` starts."""

import sys

import pytest

from factory.doors.terminal.programs import PROCESSES, command_of


@pytest.mark.parametrize(
    ("process", "words"),
    [
        ("web", ["daphne", "--bind", "0.0.0.0", "--port", "8000", "factory.asgi:application"]),
        ("worker", ["celery", "worker", "--pool", "threads"]),
        ("beat", ["celery", "beat"]),
        ("agent", ["agent"]),
    ],
)
def test_each_process_has_its_program(process: str, words: list[str]) -> None:
    command = command_of(process, bind="0.0.0.0", port=8000)

    assert command[0] == sys.executable
    assert [word for word in words if word not in command] == []


def test_the_web_servers_own_access_log_is_off_since_it_shows_whole_addresses() -> None:
    command = command_of("web", bind="127.0.0.1", port=8000)

    assert command[command.index("--verbosity") + 1] == "0"


def test_there_are_four_of_them() -> None:
    assert PROCESSES == ("web", "worker", "beat", "agent")
