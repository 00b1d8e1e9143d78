"""One record is one line, whoever wrote what into it; it says who and what it was about, and no secret."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from factory.foundation.log_lines import MOST_CHARACTERS, about, line_formatter, process_name

SECRET = "4fGh7Kq2ZxWvUtSrQpOnMlKjIhGfEdCb123456"
INJECTED = "alice\n2026-01-01T00:00:00Z INFO web factory.access: GET / 200\r\x1b[2K\u2028{}"


@pytest.fixture
def worked_on() -> Iterator[None]:
    before = about.set(lambda: {"request_id": "r-12345678", "team": "studio"})
    yield
    about.reset(before)


def shown(kind: str, message: str, *arguments: object, error: Exception | None = None, **extra: object) -> str:
    """What a process writes for one call of a logger."""
    record = logging.LogRecord("factory.door", logging.WARNING, __file__, 1, message, arguments, None)
    record.__dict__ |= extra
    if error is not None:
        try:
            raise error
        except type(error):
            record.exc_info = sys.exc_info()
    return line_formatter(kind).format(record)


def as_json(message: str, *arguments: object, error: Exception | None = None, **extra: object) -> dict[str, Any]:
    text = shown("json", message, *arguments, error=error, **extra)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.usefixtures("worked_on")
def test_a_line_of_json_says_when_where_and_what_it_was_about() -> None:
    line = as_json("run %s waits", "a1b2", run="a1b2", milliseconds=12.5)

    assert list(line)[:5] == ["time", "level", "process", "logger", "message"]
    assert (line["level"], line["logger"], line["message"]) == ("warning", "factory.door", "run a1b2 waits")
    assert (line["request_id"], line["team"], line["run"], line["milliseconds"]) == (
        "r-12345678",
        "studio",
        "a1b2",
        12.5,
    )
    assert line["time"].endswith("Z")


@pytest.mark.usefixtures("worked_on")
def test_a_line_for_people_says_the_same() -> None:
    line = shown("line", "run %s waits", "a1b2")

    assert "WARNING" in line
    assert "factory.door: run a1b2 waits" in line
    assert line.endswith("[request_id=r-12345678 team=studio]")


def test_what_is_said_of_an_instance_names_its_run_and_node() -> None:
    line = as_json("%s: connection closed", "pf-rjq3h6jw7thz-camera_2-1")

    assert (line["run"], line["node"]) == ("rjq3h6jw7thz", "camera_2")


def test_what_is_about_nothing_says_nothing_of_it() -> None:
    assert "request_id" not in as_json("the engine is away")


@pytest.mark.parametrize("kind", ["line", "json"])
def test_nobody_feigns_a_record_by_what_they_send(kind: str) -> None:
    text = shown(kind, "%s signed in", INJECTED, team=INJECTED)

    assert len(text.splitlines()) == 1
    assert "\x1b" not in text


def test_the_lines_of_a_traceback_are_set_in_below_their_record() -> None:
    text = shown("line", "it failed", error=ValueError(INJECTED))

    first, *below = text.splitlines()
    assert "it failed" in first
    assert below
    assert all(line.startswith("    | ") for line in below)


@pytest.mark.parametrize("kind", ["line", "json"])
def test_secrets_are_in_no_part_of_a_line(kind: str) -> None:
    told = shown(
        kind,
        "GET /enter/17.1.%s/ by %s",
        SECRET,
        {"Authorization": f"Bearer {SECRET}"},
        error=RuntimeError(f"refused mpf_{SECRET}"),
        path=f"/invitations/{SECRET}/",
        dsn=f"postgres://factory:{SECRET}@db/factory",
    )

    assert SECRET not in told
    assert SECRET[6:] not in told
    assert "RuntimeError" in told


def test_a_value_is_bounded() -> None:
    assert len(as_json("%s", "x" * 100_000)["message"]) < MOST_CHARACTERS + 100


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["/venv/lib/daphne/__main__.py", "factory.asgi:application"], "web"),
        (["/venv/bin/daphne", "factory.asgi:application"], "web"),
        (["/venv/lib/celery/__main__.py", "--app", "factory.celery", "worker"], "worker"),
        (["/venv/bin/celery", "--app", "factory.celery", "beat"], "beat"),
        (["/srv/manage.py", "agent"], "agent"),
        (["manage.py", "reconcile"], "reconcile"),
        (["/venv/bin/pytest"], "pytest"),
    ],
)
def test_a_process_is_called_what_operators_call_it(arguments: list[str], name: str) -> None:
    assert process_name(arguments) == name
