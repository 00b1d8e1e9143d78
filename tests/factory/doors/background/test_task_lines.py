"""What a task logs says which task, and which run; Celery leaves logging to the product."""

import json
import logging

from celery import signals
from celery.app.log import Logging

from factory.celery import app
from factory.doors.background import schedule, task_lines, tasks
from factory.foundation.log_lines import about, line_formatter


def line_of(message: str) -> dict[str, object]:
    record = logging.LogRecord("factory.worker", logging.INFO, __file__, 1, message, (), None)
    found: dict[str, object] = json.loads(line_formatter("json").format(record))
    return found


def test_a_line_of_a_task_names_the_task_and_its_run() -> None:
    task = tasks.reconcile_run
    before = about.set(dict)
    try:
        signals.task_prerun.send(sender=task, task_id="t1", task=task, args=(), kwargs={"run_id": "a1b2"})
        during = line_of("looked")
        signals.task_postrun.send(
            sender=task, task_id="t1", task=task, args=(), kwargs={}, retval=None, state="SUCCESS"
        )
        after = line_of("idle")
    finally:
        about.reset(before)

    assert (during["task"], during["task_id"], during["run"]) == (schedule.RECONCILE_RUN, "t1", "a1b2")
    assert not {"task", "run"} & set(after)


def test_celery_asks_us_and_keeps_its_hands_off() -> None:
    heard = [receiver for _key, receiver in signals.setup_logging.receivers or []]
    before = list(logging.getLogger().handlers)
    logging.getLogger().handlers.clear()
    try:
        Logging(app).setup_logging_subsystem(loglevel="INFO")
        after = list(logging.getLogger().handlers)
    finally:
        logging.getLogger().handlers[:] = before

    assert task_lines.keep_our_logging in heard
    assert [type(each.formatter).__name__ for each in after] == ["ProcessorFormatter"], after
