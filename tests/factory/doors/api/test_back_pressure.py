import http.client
import time
from typing import Any

import pytest

from factory.doors.api import back_pressure
from factory.doors.api.back_pressure import keep_pace
from tests.factory.doors.api.flood import PIECE, PIECES

MOST_KEPT_BYTES = 32 * 1024 * 1024
"""Of a response that nobody reads: what the kernel buffers on both sides, a quarter of the whole."""


def count_sent(port: int) -> int:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", "/sent")
    number = int(asking.getresponse().read())
    asking.close()
    return number


def count_settled(port: int) -> int:
    """How many pieces were sent once no more are."""
    for _ in range(100):
        before = count_sent(port)
        time.sleep(0.3)
        if before and before == count_sent(port):
            return before
    raise AssertionError("it never settles")


@pytest.mark.slow
def test_a_client_that_does_not_read_costs_little_and_gets_all_in_the_end(port: int) -> None:
    slow = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    slow.request("GET", "/flood")

    assert count_settled(port) * len(PIECE) < MOST_KEPT_BYTES
    content = slow.getresponse().read()

    assert len(content) == PIECES * len(PIECE) + len(b"the end")
    assert content.endswith(b"the end")
    slow.close()


@pytest.mark.slow
def test_a_client_that_leaves_ends_what_was_sent_to_it(port: int) -> None:
    slow = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    slow.request("GET", "/flood")
    settled = count_settled(port)
    slow.close()

    again = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    again.request("GET", "/flood")

    assert len(again.getresponse().read()) > PIECES * len(PIECE)
    assert count_sent(port) >= settled + PIECES
    again.close()


class Request:
    """What daphne has of a request, as far as it is used."""

    def __init__(self) -> None:
        self.channel: Any = self
        self.transport = self
        self.producer: Any = None
        self.aborted = False

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        self.producer = producer

    def unregisterProducer(self) -> None:
        self.producer = None

    def abortConnection(self) -> None:
        self.aborted = True

    async def send(self, message: Any) -> None:
        if message.get("more_body"):
            self.producer.pauseProducing()


async def test_a_client_that_takes_nothing_for_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_pressure, "STALLED_SECONDS", 0.01)
    request = Request()

    class Bound:
        args = (request,)

        async def __call__(self, message: Any) -> None:
            await request.send(message)

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    await keep_pace(stream)({}, None, Bound())

    assert (request.aborted, request.producer) == (True, None)


async def test_under_another_server_nothing_is_different() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

    await keep_pace(answer)({}, None, send)

    assert sent == [{"type": "http.response.body", "body": b"x", "more_body": True}]
