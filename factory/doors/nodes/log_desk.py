"""Answers what a node has written to its log: from the engine while it has the instance, then from what was kept."""

import asyncio
import concurrent.futures
import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from factory.drivers.driver import Driver, DriverUnavailable, EngineState
from factory.drivers.instance_names import is_instance_name
from factory.orchestration.kept_logs import kept_attempts, read_kept_log
from factory.orchestration.record import instance_name

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 4
MOST_WAITING = 32
"""Questions that wait for their turn; the next ones are refused."""
MOST_LINES = 2000
MOST_BYTES = 256 * 1024
LONGEST_WAIT_SECONDS = 15.0
_USUAL_LINES = 500
_HIGHEST_ATTEMPT = 10**9

Reply = tuple[int, dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class LogQuestion:
    """Which log, and how much of it.

    Attributes:
        attempt: 0 is the newest.
        tail: lines, 1 to `MOST_LINES`.
    """

    run: str
    node: str
    attempt: int
    tail: int


class LogDesk:
    """Reads logs on threads of its own, a few at a time, so that an engine that hangs holds up nothing else.

    Args:
        driver: asked for logs.
        answer: sends a reply to a channel, in the event loop.
        hide: takes the secrets of a run out of a text; called on the threads.
    """

    def __init__(
        self,
        driver: Driver,
        *,
        answer: Callable[[str, dict[str, Any]], None],
        hide: Callable[[str, str], str] = lambda _run, text: text,
    ) -> None:
        self._driver = driver
        self._hide = hide
        self._answer = answer
        self._threads = concurrent.futures.ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="log")
        self._asked: set[asyncio.Task[None]] = set()
        # Reads, not questions: one whose deadline has passed may still hold its thread.
        self._reads = 0

    def ask(self, doorbell: dict[str, Any], *, wall_seconds: float) -> None:
        """Answer a `node-log` doorbell {attempt, tail} by its deadline: {attempt, text, truncated, live}.

        Args:
            doorbell: id, run, node, body, deadline (Unix seconds), reply_channel.
            wall_seconds: the wall clock now.

        Raises:
            KeyError, TypeError, ValueError: the doorbell is malformed; nobody can be told.
        """
        channel, identity = str(doorbell["reply_channel"]), str(doorbell["id"])
        left = min(float(doorbell["deadline"]) - wall_seconds, LONGEST_WAIT_SECONDS)
        question = _read_question(doorbell)
        if left <= 0:
            self._tell(channel, identity, (504, {"reason": "the request came after its deadline"}))
        elif self._reads >= MOST_AT_ONCE + MOST_WAITING:
            self._tell(channel, identity, (503, {"reason": "too many logs are being read; try again in a moment"}))
        else:
            self._reads += 1
            reading = asyncio.get_running_loop().run_in_executor(self._threads, self._read, question)
            reading.add_done_callback(self._ended)
            task = asyncio.get_running_loop().create_task(self._wait(reading, channel, identity, left))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

    def close(self) -> None:
        """Answer nobody any more; a read that hangs ends by its own time-out."""
        for task in self._asked:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _wait(self, reading: asyncio.Future[Reply], channel: str, identity: str, seconds: float) -> None:
        done, _pending = await asyncio.wait([reading], timeout=seconds)
        if not done:
            self._tell(channel, identity, (504, {"reason": "the engine did not give the log in time; try again"}))
        elif not reading.cancelled():
            self._tell(channel, identity, reading.result())

    def _read(self, question: LogQuestion) -> Reply:
        status, body = read_log(self._driver, question)
        return status, {**body, "text": self._hide(question.run, body["text"])} if "text" in body else body

    def _ended(self, reading: asyncio.Future[Reply]) -> None:
        self._reads -= 1

    def _tell(self, channel: str, identity: str, reply: Reply) -> None:
        status, body = reply
        self._answer(channel, {"type": "gateway.reply", "id": identity, "status": status, "body": body})


def read_log(driver: Driver, question: LogQuestion) -> Reply:
    """The log as status and body; blocks while the engine is asked, and never raises.

    The attempt that was asked for, or the newest of which there is anything.
    """
    try:
        attempts = [question.attempt] if question.attempt else _newest_first(driver, question)
        for attempt in attempts:
            body = _read_attempt(driver, question, attempt)
            if body is not None:
                return 200, body
    except DriverUnavailable as error:
        return 503, {"reason": f"{error.message}; try again"}
    except Exception as error:
        logger.exception("the log of %s in run %s cannot be read", question.node, question.run)
        return 500, {"reason": f"the log cannot be read: {type(error).__name__}"}
    which = f"attempt {question.attempt} of {question.node}" if question.attempt else question.node
    return 404, {"reason": f"there is no log of {which}: it has not begun, or its log is too old to be kept"}


def _read_attempt(driver: Driver, question: LogQuestion, attempt: int) -> dict[str, Any] | None:
    name = instance_name(question.run, question.node, attempt)
    state = driver.inspect(name).state
    # One line more than wanted tells whether there are more.
    text = "" if state is EngineState.ABSENT else driver.logs(name, tail=question.tail + 1)
    more = False
    if not text:
        # Absent, or discarded between the two questions.
        kept = read_kept_log(name)
        if kept is None and state is EngineState.ABSENT:
            return None
        text, more = (kept.text, kept.truncated) if kept is not None else ("", False)
    text, cut = _cut(text, question.tail)
    live = state in (EngineState.RUNNING, EngineState.PAUSED)
    return {"attempt": attempt, "text": text, "truncated": cut or more, "live": live}


def _newest_first(driver: Driver, question: LogQuestion) -> list[int]:
    here = {
        seen.labels.attempt
        for seen in driver.list_owned(question.run)
        if seen.labels is not None and seen.labels.node == question.node
    }
    return sorted(here | set(kept_attempts(run_id=question.run, node=question.node)), reverse=True)


def _cut(text: str, tail: int) -> tuple[str, bool]:
    """The last lines, and of those the last bytes; whether anything is missing."""
    lines = text.splitlines(keepends=True)
    kept = "".join(lines[-tail:]).encode("utf-8", "replace")
    shown = kept[-MOST_BYTES:].decode("utf-8", "ignore")
    return shown, len(lines) > tail or len(kept) > MOST_BYTES


def _read_question(doorbell: dict[str, Any]) -> LogQuestion:
    body = dict(doorbell["body"])
    run, node = str(doorbell["run"]), str(doorbell["node"])
    attempt = min(max(int(body.get("attempt") or 0), 0), _HIGHEST_ATTEMPT)
    if not is_instance_name(instance_name(run, node, attempt)):
        raise ValueError(f"{run!r} and {node!r} name no instance")
    return LogQuestion(run, node, attempt, min(max(int(body.get("tail") or _USUAL_LINES), 1), MOST_LINES))
