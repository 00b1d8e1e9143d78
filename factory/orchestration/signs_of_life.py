"""The worker and the agents say from time to time that they live, and how long their work takes; in Redis alone.

Nothing is decided by it: it is there to be looked at, and what cannot be said is left out.
"""

import enum
import functools
import itertools
import logging
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

_log = logging.getLogger(__name__)
FRESH_SECONDS = 30
"""For which one that spoke counts as living: three times what they take between two words, and more."""
BOUNDS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Of the durations' classes; what took longer is counted in one more."""
_REDIS_SECONDS = 0.5


class Sign(enum.StrEnum):
    """Who says so."""

    WORKER = "worker"
    AGENT = "agent"


def show(sign: Sign) -> None:
    """Say that we live; nothing where there is no Redis."""
    _try("set", _key(sign.value), "1", ex=FRESH_SECONDS)


def was_seen(sign: Sign) -> bool:
    """Whether one of them spoke lately."""
    return bool(_try("exists", _key(sign.value)))


def keep_duration(seconds: float) -> None:
    """Count one reconciliation that took so long."""
    bound = next((str(each) for each in BOUNDS_SECONDS if seconds <= each), "inf")
    _try("hincrby", _key("reconcile"), bound, 1)
    _try("hincrbyfloat", _key("reconcile"), "sum", round(seconds, 6))


def durations() -> tuple[dict[str, int], float]:
    """How many reconciliations took at most so many seconds, cumulative, `+Inf` last; and the sum of all."""
    found = {key.decode(): float(value) for key, value in (_try("hgetall", _key("reconcile")) or {}).items()}
    names = [*map(str, BOUNDS_SECONDS), "inf"]
    counts = itertools.accumulate(int(found.get(name, 0)) for name in names)
    return dict(zip([*names[:-1], "+Inf"], counts, strict=True)), found.get("sum", 0.0)


def _try(command: str, *arguments: Any, **options: Any) -> Any:
    if not settings.REDIS_URL:
        return None
    try:
        return getattr(_client(settings.REDIS_URL), command)(*arguments, **options)
    except (redis.RedisError, OSError) as error:
        _log.debug("Redis did not take %s: %s", command, error)
        return None


@functools.cache
def _client(url: str) -> Any:
    return redis.Redis.from_url(
        url.replace("redis+socket://", "unix://", 1),
        socket_timeout=_REDIS_SECONDS,
        socket_connect_timeout=_REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _key(name: str) -> str:
    return f"factory-{settings.FACTORY_INSTALL}-life-{name}"
