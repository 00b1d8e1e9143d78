from typing import Any

import pytest

from components.contract.messages import Message, Reply, Request
from factory.doors.nodes.gateway_requests import MAX_PENDING, GatewayRequests

INSTANCE = "pf-run-camera-1"
NOW = 1000.0


class Gateway:
    """Requests between a caller and an instance whose clock the test moves."""

    def __init__(self) -> None:
        self.clock_ns = 0
        self.connected = True
        self.asked: list[Request] = []
        self.answers: list[dict[str, Any]] = []
        self.requests = GatewayRequests(send=self._send, answer=self._answer, clock=lambda: self.clock_ns)

    def _send(self, instance: str, message: Message, _descriptors: tuple[int, ...]) -> bool:
        assert isinstance(message, Request)
        if self.connected:
            self.asked.append(message)
        return self.connected

    def _answer(self, channel: str, message: dict[str, Any]) -> None:
        assert channel == "web"
        self.answers.append(message)

    def ring(
        self, identity: str = "q1", *, instance: str | None = INSTANCE, seconds: float = 5.0, sdp: str = "v=0"
    ) -> None:
        doorbell = {
            "type": "gateway.request",
            "id": identity,
            "run": "run",
            "node": "camera",
            "kind": "whip-offer",
            "body": {"sdp": sdp},
            "deadline": NOW + seconds,
            "reply_channel": "web",
        }
        self.requests.ask(instance, doorbell, wall_seconds=NOW)

    @property
    def statuses(self) -> list[int]:
        return [answer["status"] for answer in self.answers]


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def test_a_request_reaches_the_instance_and_its_reply_the_caller(gateway: Gateway) -> None:
    gateway.ring()
    asked = gateway.asked[0]
    assert (asked.kind, asked.body, asked.deadline_ns) == ("whip-offer", {"sdp": "v=0"}, 5_000_000_000)
    gateway.requests.replied(INSTANCE, Reply(asked.id, 201, {"sdp": "answer"}))
    assert gateway.answers == [{"type": "gateway.reply", "id": "q1", "status": 201, "body": {"sdp": "answer"}}]


def test_a_second_reply_and_one_of_a_stranger_reach_nobody(gateway: Gateway) -> None:
    gateway.ring()
    reply = Reply(gateway.asked[0].id, 201, {})
    gateway.requests.replied("pf-run-other-1", reply)
    gateway.requests.replied(INSTANCE, reply)
    gateway.requests.replied(INSTANCE, reply)
    assert gateway.statuses == [201]


def test_an_expired_request_is_refused_and_never_forwarded(gateway: Gateway) -> None:
    gateway.ring(seconds=0)
    assert gateway.statuses == [504]
    assert gateway.asked == []


def test_a_gateway_that_is_not_connected_is_said_to_be(gateway: Gateway) -> None:
    gateway.ring(instance=None)
    gateway.connected = False
    gateway.ring()
    assert gateway.statuses == [503, 503]
    assert "try again" in gateway.answers[0]["body"]["reason"]


def test_only_so_many_wait_at_once(gateway: Gateway) -> None:
    for _ in range(MAX_PENDING + 1):
        gateway.ring()
    assert gateway.statuses == [503]


def test_when_the_connection_is_lost_the_callers_are_told(gateway: Gateway) -> None:
    gateway.ring()
    gateway.requests.lost(INSTANCE)
    gateway.requests.lost(INSTANCE)
    assert gateway.statuses == [503]


def test_a_session_whose_answer_came_too_late_is_deleted(gateway: Gateway) -> None:
    gateway.ring()
    gateway.clock_ns = 5_000_000_000
    gateway.requests.expire()
    assert gateway.statuses == [504]
    gateway.requests.replied(INSTANCE, Reply(gateway.asked[0].id, 201, {"session": "s1"}))
    assert gateway.statuses == [504]
    assert (gateway.asked[1].kind, gateway.asked[1].body) == ("whip-delete", {"session": "s1"})
    gateway.requests.replied(INSTANCE, Reply(gateway.asked[1].id, 200, {}))
    assert gateway.statuses == [504]


def test_what_never_answers_is_forgotten(gateway: Gateway) -> None:
    for _ in range(MAX_PENDING):
        gateway.ring()
    for seconds in (5, 66):
        gateway.clock_ns = seconds * 1_000_000_000
        gateway.requests.expire()
    assert gateway.statuses == [504] * MAX_PENDING
    gateway.requests.replied(INSTANCE, Reply(gateway.asked[0].id, 201, {"session": "s1"}))
    assert len(gateway.asked) == MAX_PENDING


def test_what_fits_into_no_message_to_an_instance_is_refused_at_once(gateway: Gateway) -> None:
    gateway.ring(sdp="\r\n" * 32 * 1024)
    assert gateway.statuses == [413]
    assert gateway.asked == []
