"""How often something may be asked, by key: a bucket of tokens each, in this process's memory."""

import dataclasses
import time
from collections.abc import Callable

MOST_KEYS = 10_000
"""Keys that are remembered; beyond them those go that have not asked for longest."""


@dataclasses.dataclass
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """At most `per_second` in the long run, and `burst` at once.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait_for(self, key: str) -> float:
        """Take one token; 0 where there was one, else the seconds after which there is, and none is taken."""
        now = self._clock()
        # The newest lie last.
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        self._buckets[key] = bucket
        if len(self._buckets) > MOST_KEYS:
            del self._buckets[next(iter(self._buckets))]
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0
