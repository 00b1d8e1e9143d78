"""Requests to gateways that came over the channel layer: forwarded at most once, answered before their deadline."""

import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from components.contract.messages import Message, MessageError, Reply, Request
from factory.foundation.ids import new_id

logger = logging.getLogger(__name__)

MAX_PENDING = 256
MAX_WAIT_SECONDS = 60.0
"""A deadline further away than this counts as this."""
_KEPT_AFTER_DEADLINE_NS = 60_000_000_000
"""So long a late reply is known for one, and its session deleted."""

Answer = Callable[[str, dict[str, Any]], None]


@dataclasses.dataclass
class _Pending:
    instance: str
    kind: str
    reply_channel: str
    asked_as: str
    deadline_ns: int
    answered: bool = False


class GatewayRequests:
    """Requests on their way to instances and back.

    Args:
        send: hands a message to an instance; False if it is not connected.
        answer: sends a reply to a channel.
        clock: the run's clock in nanoseconds.
    """

    def __init__(
        self, *, send: Callable[[str, Message, tuple[int, ...]], bool], answer: Answer, clock: Callable[[], int]
    ) -> None:
        self._send = send
        self._answer = answer
        self._clock = clock
        self._pending: dict[str, _Pending] = {}
        # A late reply to what a former agent asked must not be taken for one to us.
        self._prefix = new_id(6)
        self._count = 0

    def ask(self, instance: str | None, doorbell: dict[str, Any], *, wall_seconds: float) -> None:
        """Forward a `gateway.request` doorbell to an instance, or answer why not.

        Args:
            instance: the node's connected instance, None where there is none.
            doorbell: id, kind, body, deadline (Unix seconds), reply_channel.
            wall_seconds: the wall clock now.

        Raises:
            KeyError, TypeError, ValueError: the doorbell is malformed; nobody can be told.
        """
        identity, channel = str(doorbell["id"]), str(doorbell["reply_channel"])
        left = min(float(doorbell["deadline"]) - wall_seconds, MAX_WAIT_SECONDS)
        if left <= 0:
            self._refuse(channel, identity, 504, "the request came after its deadline")
            return
        if instance is None:
            self._refuse(channel, identity, 503, "the gateway is not connected; try again when the node is ready")
            return
        if sum(1 for pending in self._pending.values() if not pending.answered) >= MAX_PENDING:
            self._refuse(channel, identity, 503, f"{MAX_PENDING} requests wait already; try again in a moment")
            return
        # Our own id on the socket: callers choose theirs, and two may choose the same.
        ours = self._next_id()
        deadline_ns = self._clock() + int(left * 1e9)
        kind = str(doorbell["kind"])
        request = Request(id=ours, kind=kind, body=dict(doorbell["body"]), deadline_ns=deadline_ns)
        try:
            request.to_line()
        except MessageError:
            self._refuse(channel, identity, 413, "the request does not fit into a message to the gateway; shorten it")
            return
        self._pending[ours] = _Pending(instance, kind, channel, identity, deadline_ns)
        if not self._send(instance, request, ()):
            del self._pending[ours]
            self._refuse(channel, identity, 503, "the gateway's connection is gone; try again when the node is ready")

    def replied(self, instance: str, reply: Reply) -> None:
        """An instance answers; an answer to nothing, or of another instance, is dropped."""
        pending = self._pending.get(reply.id)
        if pending is None or pending.instance != instance:
            logger.warning("%s: a reply to nothing (%s)", instance, reply.id)
            return
        del self._pending[reply.id]
        if pending.answered:
            self._delete_session(pending, reply)
        else:
            self._reply(pending.reply_channel, pending.asked_as, int(reply.status), dict(reply.body))

    def lost(self, instance: str) -> None:
        """An instance's connection is gone, and with it the answers it owed."""
        for ours, pending in list(self._pending.items()):
            if pending.instance == instance:
                del self._pending[ours]
                if not pending.answered:
                    self._refuse(pending.reply_channel, pending.asked_as, 503, "the gateway's connection was lost")

    def expire(self) -> None:
        """Answer those whose deadline has passed; forget them when no late reply is to be expected any more."""
        now = self._clock()
        for ours, pending in list(self._pending.items()):
            if not pending.answered and now >= pending.deadline_ns:
                pending.answered = True
                self._refuse(pending.reply_channel, pending.asked_as, 504, "the gateway did not answer in time")
            elif pending.answered and now >= pending.deadline_ns + _KEPT_AFTER_DEADLINE_NS:
                del self._pending[ours]

    def _delete_session(self, pending: _Pending, reply: Reply) -> None:
        """Nobody took the answer: the session that it announces would stay open for ever."""
        session = reply.body.get("session")
        protocol, _, verb = pending.kind.partition("-")
        if verb != "offer" or not 200 <= int(reply.status) < 300 or not session:
            return
        logger.info("%s: deleting session %s, its answer came too late", pending.instance, session)
        deadline_ns = self._clock() + int(MAX_WAIT_SECONDS * 1e9)
        request = Request(self._next_id(), f"{protocol}-delete", {"session": session}, deadline_ns)
        self._pending[request.id] = _Pending(pending.instance, request.kind, "", "", deadline_ns, answered=True)
        self._send(pending.instance, request, ())

    def _next_id(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count}"

    def _refuse(self, channel: str, identity: str, status: int, reason: str) -> None:
        self._reply(channel, identity, status, {"reason": reason})

    def _reply(self, channel: str, identity: str, status: int, body: dict[str, Any]) -> None:
        self._answer(channel, {"type": "gateway.reply", "id": identity, "status": status, "body": body})
