from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from factory.doors.api import buckets
from factory.doors.api.buckets import Draw, MemoryBuckets, SharedBuckets
from tests.factory.doors.monitoring.redis_server import running_redis

SLOW = Draw("a", most=3, per_second=0.5)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of these tests' own."""
    with running_redis(tmp_path_factory.mktemp("r")) as url:
        yield url


@pytest.fixture(params=["memory", "redis"])
def some(request: pytest.FixtureRequest, server: str) -> MemoryBuckets | SharedBuckets:
    if request.param == "memory":
        return MemoryBuckets()
    redis.Redis.from_url(server).flushall()
    return SharedBuckets(server, "test-")


def test_a_full_bucket_gives_what_it_holds_and_then_says_how_long_to_wait(some: MemoryBuckets | SharedBuckets) -> None:
    left = [some.draw([SLOW]).left[0] for _ in range(3)]
    refused = some.draw([SLOW])

    assert left == [2, 1, 0]
    assert 0 < refused.wait <= 2.0
    assert refused.left == (0,)


def test_each_key_has_a_bucket_of_its_own(some: MemoryBuckets | SharedBuckets) -> None:
    for _ in range(3):
        some.draw([SLOW])

    assert some.draw([Draw("b", most=3, per_second=0.5)]).wait == 0


def test_where_one_bucket_is_empty_nothing_is_taken_from_the_others(some: MemoryBuckets | SharedBuckets) -> None:
    small, large = Draw("small", 1, 0.01), Draw("large", 10, 0.01)
    some.draw([large, small])

    assert some.draw([large, small]).wait > 0
    assert some.draw([large]).left == (8,)


def test_what_costs_nothing_only_has_to_find_something(some: MemoryBuckets | SharedBuckets) -> None:
    looked, taken = Draw("a", 2, 0.01, cost=0), Draw("a", 2, 0.01)

    assert [some.draw([looked]).wait for _ in range(5)] == [0] * 5
    some.draw([taken])
    some.draw([taken])
    assert some.draw([looked]).wait > 0


def test_a_bucket_fills_while_nobody_asks() -> None:
    clock = Clock()
    some = MemoryBuckets(clock)
    for _ in range(3):
        some.draw([SLOW])
    clock.now += 4

    assert some.draw([SLOW]).left == (1,)


def test_two_processes_draw_from_the_same_bucket(server: str) -> None:
    redis.Redis.from_url(server).flushall()
    one, other = SharedBuckets(server, "test-"), SharedBuckets(server, "test-")

    assert [each.draw([SLOW]).left[0] for each in (one, other, one)] == [2, 1, 0]
    assert other.draw([SLOW]).wait > 0


def test_what_nobody_asks_for_leaves_redis_by_itself(server: str) -> None:
    redis.Redis.from_url(server).flushall()
    SharedBuckets(server, "test-").draw([SLOW])

    seconds = redis.Redis.from_url(server).ttl("test-a")
    assert isinstance(seconds, int)
    assert 0 < seconds <= 7


def test_without_redis_each_process_counts_its_own(tmp_path: Path) -> None:
    some = SharedBuckets(f"unix://{tmp_path}/nobody.sock", "test-")

    assert [some.draw([SLOW]).wait > 0 for _ in range(4)] == [False, False, False, True]


def test_memory_keeps_a_bounded_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST_KEYS", 2)
    some = MemoryBuckets()
    for key in ("a", "a", "b", "c"):
        some.draw([Draw(key, 3, 0.001)])

    assert some.draw([Draw("b", 3, 0.001)]).left == (1,)
    assert some.draw([Draw("a", 3, 0.001)]).left == (2,)
