"""How often an endpoint may be asked (RFC 9725, 5: rate limits on POST, PATCH and DELETE)."""

import pytest

from factory.doors.signalling import rate_limit
from factory.doors.signalling.rate_limit import RateLimit
from tests.factory.doors.signalling.conftest import HOST
from tests.factory.doors.signalling.door import Door, problem_of
from tests.factory.doors.signalling.fake_agent import ANSWERED, always, fake_agent


class Clock:
    """Stands until it is moved."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    clock = Clock()
    limit = RateLimit(per_second=10, burst=20, clock=clock)
    assert [limit.wait_for("one") for _ in range(20)] == [0.0] * 20
    assert limit.wait_for("one") == pytest.approx(0.1)
    assert limit.wait_for("other") == 0.0
    clock.seconds = 1.0
    assert sum(1 for _ in range(20) if not limit.wait_for("one")) == 10
    clock.seconds = 1000.0
    assert sum(1 for _ in range(50) if not limit.wait_for("one")) == 20


def test_only_so_many_keys_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_KEYS", 3)
    limit = RateLimit(per_second=1, burst=1, clock=Clock())
    for number in range(100):
        limit.wait_for(str(number))
    assert len(limit._buckets) == 3
    assert limit.wait_for("99") > 0, "the newest are remembered"


@pytest.mark.usefixtures("layer", "ready_run")
async def test_an_endpoint_that_is_asked_too_often_is_429_until_it_is_left_in_peace(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("factory.doors.signalling.exchange.OFFERS", RateLimit(per_second=10, burst=2, clock=clock))
    async with fake_agent(HOST, always(ANSWERED)) as agent:
        for _ in range(30):
            assert (await door.offer(authorization="Bearer wrong")).status_code == 401
        assert [(await door.offer()).status_code for _ in range(2)] == [201, 201]
        refused = await door.offer()
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "1"
        assert "try again" in problem_of(refused)
        clock.seconds += 0.1
        assert (await door.offer()).status_code == 201
    assert len(agent.heard) == 3


@pytest.mark.usefixtures("layer", "ready_run")
async def test_changes_of_sessions_have_a_limit_of_their_own(whip: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory.doors.signalling.exchange.CHANGES", RateLimit(per_second=1, burst=1, clock=Clock()))
    async with fake_agent(HOST, always((200, {}))):
        assert (await whip.delete("abc")).status_code == 200
        assert (await whip.delete("abc")).status_code == 429
        assert (await whip.trickle("abc", "*")).status_code == 429
