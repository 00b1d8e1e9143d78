"""Names the task, and the run or upload that it is about, in every line that is logged while it runs."""

import logging.config
from typing import Any

from django.conf import settings

from factory.foundation.log_lines import about

_NAMED = {"run_id": "run", "installation_id": "installation"}


def keep_our_logging(**_newer: Any) -> None:
    """Celery asks who sets logging up, and then lets it be."""
    logging.config.dictConfig(settings.LOGGING)


def begin_task(*, task_id: str = "", task: Any = None, kwargs: dict[str, Any] | None = None, **_newer: Any) -> None:
    """A task begins in this thread."""
    known = {"task": getattr(task, "name", ""), "task_id": task_id}
    known |= {name: (kwargs or {})[key] for key, name in _NAMED.items() if key in (kwargs or {})}
    about.set(lambda: known)


def end_task(**_newer: Any) -> None:
    """It is over; what the thread does next is about nothing."""
    about.set(dict)
