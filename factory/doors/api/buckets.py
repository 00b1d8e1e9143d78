"""Buckets of tokens, by key: filled at a steady rate, emptied by who asks. In Redis all web processes share them."""

import dataclasses
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

_log = logging.getLogger(__name__)
MOST_KEYS = 20_000
"""That one process remembers; beyond them those go that have not asked for longest."""
REDIS_SECONDS = 0.25
"""That a request waits for Redis at most; then it is counted in this process alone."""
AWAY_SECONDS = 5.0
"""For which nobody asks Redis again after it did not answer."""

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local levels, wait = {}, 0
for i, key in ipairs(KEYS) do
  local most, rate, cost = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  local row = redis.call('HMGET', key, 'level', 'at')
  local level = math.min(most, (tonumber(row[1]) or most) + math.max(0, now - (tonumber(row[2]) or now)) * rate / 1000)
  levels[i] = level
  if level < math.max(cost, 1) then
    wait = math.max(wait, math.ceil((math.max(cost, 1) - level) * 1000 / rate))
  end
end
for i, key in ipairs(KEYS) do
  local most, rate, cost = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  if wait == 0 and cost > 0 then
    levels[i] = levels[i] - cost
    redis.call('HSET', key, 'level', tostring(levels[i]), 'at', now)
    redis.call('PEXPIRE', key, math.ceil(most * 1000 / rate) + 1000)
  end
  levels[i] = math.floor(levels[i])
end
return {wait, unpack(levels)}
"""


@dataclasses.dataclass(frozen=True)
class Draw:
    """Tokens to take from one bucket.

    Attributes:
        key: whose bucket.
        most: what it holds when full.
        per_second: what it gets.
        cost: how many to take; with 0 one has to be there and none is taken.
    """

    key: str
    most: int
    per_second: float
    cost: int = 1


@dataclasses.dataclass(frozen=True)
class Drawn:
    """What came of it: `wait` is 0 where all were taken, else seconds until they can be, and none was taken."""

    wait: float
    left: tuple[int, ...]


class MemoryBuckets:
    """Those of this process alone.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def draw(self, draws: Sequence[Draw]) -> Drawn:
        """Take from all of them, or from none."""
        now = self._clock()
        levels = [self._level(draw, now) for draw in draws]
        needed = [max(draw.cost, 1) for draw in draws]
        waits = [
            max(0.0, (need - level) / draw.per_second) for draw, level, need in zip(draws, levels, needed, strict=True)
        ]
        if max(waits) == 0:
            levels = [level - draw.cost for draw, level in zip(draws, levels, strict=True)]
            for draw, level in zip(draws, levels, strict=True):
                self._keep(draw.key, level, now)
        return Drawn(max(waits), tuple(int(level) for level in levels))

    def forget(self) -> None:
        """Fill all of them."""
        self._levels.clear()

    def _level(self, draw: Draw, now: float) -> float:
        level, at = self._levels.get(draw.key, (float(draw.most), now))
        return min(float(draw.most), level + (now - at) * draw.per_second)

    def _keep(self, key: str, level: float, now: float) -> None:
        # The newest lie last.
        self._levels.pop(key, None)
        self._levels[key] = (level, now)
        if len(self._levels) > MOST_KEYS:
            del self._levels[next(iter(self._levels))]


class SharedBuckets:
    """Those in Redis; where it does not answer, those of this process.

    Args:
        url: of Redis.
        prefix: of every key.
    """

    def __init__(self, url: str, prefix: str) -> None:
        self._prefix = prefix
        self._own = MemoryBuckets()
        self._away_until = 0.0
        client: Any = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            max_connections=64,
            retry=Retry(NoBackoff(), 0),
        )
        self._take = client.register_script(_TAKE)

    def draw(self, draws: Sequence[Draw]) -> Drawn:
        """Take from all of them, or from none."""
        if time.monotonic() < self._away_until:
            return self._own.draw(draws)
        numbers = [number for draw in draws for number in (draw.most, draw.per_second, draw.cost)]
        try:
            wait, *left = self._take(keys=[self._prefix + draw.key for draw in draws], args=numbers)
        except (redis.RedisError, OSError) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            _log.warning("Redis does not count requests (%s); each web process counts its own", error)
            return self._own.draw(draws)
        return Drawn(int(wait) / 1000, tuple(int(level) for level in left))
