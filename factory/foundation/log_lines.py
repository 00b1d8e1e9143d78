"""How every process logs: one record a line, for people or as JSON, with who and what it was about, without secrets."""

import contextvars
import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from factory.foundation.redaction import redact

MOST_CHARACTERS = 16_000
"""Of one value; a log is no place for whole bodies."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INSTANCE = re.compile(r"\bpf-([a-z0-9]{12})-([a-z][a-z0-9_]{0,31})-[0-9]+\b")
_NOT_TOLD = frozenset({"request", "data"})
"""What Django and Celery hang onto their records, whole: its id and its message say enough."""
_SAID_ALREADY = frozenset({"method", "milliseconds", "path", "route", "status"})
"""Of a request, by its message: people need not read it twice."""
_FIRST = ("time", "level", "process", "logger", "message")

about: contextvars.ContextVar[Callable[[], Mapping[str, Any]]] = contextvars.ContextVar("about")
"""Tells what is being worked on, asked for every line: who it is about may be known only in the middle of it."""


def line_formatter(kind: str) -> logging.Formatter:
    """A formatter for `logging`: `json` for machines, one object a line; `line` for people.

    A line of either never holds a control character of what was logged, so that nobody who sends one can feign a
    record; the lines of a traceback are set in below theirs.
    """
    show = structlog.processors.JSONRenderer() if kind == "json" else _show_line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            _add_what_it_is_about,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            _add_process,
            _redact_all,
            _order,
            show,
        ],
    )


def process_name(arguments: list[str]) -> str:
    """What of the product a command line is: web, worker, beat, agent, or the command of `manage.py`."""
    words = " ".join(arguments)
    if "daphne" in words:
        return "web"
    if "celery" in Path(arguments[0]).parts or "celery" in words.split():
        return "beat" if "beat" in arguments else "worker"
    if Path(arguments[0]).name == "manage.py" and len(arguments) > 1:
        return arguments[1]
    return Path(arguments[0]).stem or "python"


def _add_what_it_is_about(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    tell = about.get(None)
    known = dict(tell()) if tell is not None else {}
    # Agent and worker speak of instances by their names, which say whose they are.
    found = _INSTANCE.search(str(event.get("event", "")))
    if found is not None:
        known |= {"run": found[1], "node": found[2]}
    for key, value in known.items():
        event.setdefault(key, value)
    return event


def _add_process(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["process"] = process_name(sys.argv)
    return event


def _redact_all(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _clean(value) for key, value in event.items() if key not in _NOT_TOLD}


def _clean(value: Any) -> Any:
    """Numbers as they are, all else as text that is bounded and says nothing it should not."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    if len(text) > MOST_CHARACTERS:
        text = f"{text[:MOST_CHARACTERS]}… ({len(text)} characters)"
    return redact(text)


def _order(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    rest = sorted(key for key in event if key not in _FIRST and key != "exception")
    last = ["exception"] if "exception" in event else []
    return {key: event[key] for key in (*_FIRST, *rest, *last) if key in event}


def _show_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    exception = event.pop("exception", "")
    time, level, process, logger, message = (event.pop(key, "") for key in _FIRST)
    said = " ".join(f"{key}={_one_line(value)}" for key, value in event.items() if key not in _SAID_ALREADY)
    line = f"{time} {str(level).upper()} {process} {logger}: {_one_line(message)}"
    below = "".join(f"\n    | {_one_line(each)}" for each in str(exception).splitlines())
    return f"{line}{f'  [{said}]' if said else ''}{below}"


def _one_line(value: Any) -> str:
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))
