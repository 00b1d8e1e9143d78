"""The verbs of kept answers: begin to answer once, keep what was answered, give up, forget what is old."""

import dataclasses
import datetime
import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count

from factory.domain.answers.models import KeptAnswer
from factory.domain.answers.sealing import seal, unseal
from factory.foundation.errors import UserError
from factory.foundation.ids import new_id

KEPT_FOR = datetime.timedelta(hours=24)
TURN = datetime.timedelta(minutes=5)
"""After which whoever began to answer is taken for dead: no request of the site lasts this long."""
MOST_A_CALLER = 5000
"""Answers that one person or token may have kept; beyond them the oldest are forgotten."""
_BATCH = 1000
_MOST_BATCHES = 100


class AnswerUnderWay(UserError):
    """The same request is being answered right now."""

    id: ClassVar[str] = "answers:user:under-way"


class AnotherRequest(UserError):
    """The name was used for another request."""

    id: ClassVar[str] = "answers:user:another-request"


class AnswerGone(UserError):
    """It was answered, and what was said cannot be repeated."""

    id: ClassVar[str] = "answers:user:gone"


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request that named itself.

    Attributes:
        caller: who asks, in a form that stays the same, such as `user:7`.
        route: what is asked: method and address.
        name: what the client calls this request.
        fingerprint: a digest of its content.
    """

    caller: str
    route: str
    name: str
    fingerprint: str

    @property
    def identity(self) -> str:
        """A digest of caller, route and name; the same where it is the same request."""
        told = "\n".join((self.caller, self.route, self.name))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class Turn:
    """The right to answer a request, of one who asked for it first."""

    asked: Asked
    id: str


def begin(*, asked: Asked, now: datetime.datetime) -> Turn | dict[str, Any]:
    """The turn to answer, or what was answered before.

    Raises:
        AnotherRequest: the name was used for another content.
        AnswerUnderWay: someone else has the turn.
        AnswerGone: it was answered, and none of our keys opens what was said.
    """
    turn = Turn(asked, new_id())
    row = {
        "caller": _digest(asked.caller),
        "fingerprint": asked.fingerprint,
        "turn": turn.id,
        "began_at": now,
        "answered_at": None,
        "sealed": b"",
    }
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(identity=asked.identity, **row)
        return turn
    except IntegrityError:
        pass
    found = KeptAnswer.objects.filter(identity=asked.identity).first()
    if found is None:
        raise AnswerUnderWay("The same request was given up this moment; send it again.")
    is_old = found.began_at < now - (KEPT_FOR if found.answered_at else TURN)
    if is_old and KeptAnswer.objects.filter(pk=found.pk, turn=found.turn).update(**row) == 1:
        return turn
    return _answered(found, asked)


def keep(*, turn: Turn, answer: dict[str, Any], now: datetime.datetime) -> None:
    """Keep what was answered; nothing where the turn was lost meanwhile."""
    sealed = seal(answer, name=turn.asked.name, keys=_keys())
    _rows_of(turn).update(answered_at=now, sealed=sealed)


def give_up(*, turn: Turn) -> None:
    """Let the same request be answered anew, since this time nothing was made."""
    _rows_of(turn).delete()


def forget_answers(*, now: datetime.datetime) -> int:
    """Delete what is older than `KEPT_FOR`, and the oldest of who has too many; returns how many rows went."""
    gone = 0
    for _ in range(_MOST_BATCHES):
        old = KeptAnswer.objects.filter(began_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:_BATCH]
        deleted, _ = KeptAnswer.objects.filter(pk__in=list(old)).delete()
        gone += deleted
        if deleted < _BATCH:
            break
    return gone + _forget_surplus()


def _forget_surplus() -> int:
    """The oldest of each caller with more than `MOST_A_CALLER`, a bounded number of callers at a time."""
    counted = KeptAnswer.objects.values("caller").annotate(many=Count("pk")).filter(many__gt=MOST_A_CALLER)
    gone = 0
    for caller in counted.values_list("caller", flat=True)[:_MOST_BATCHES]:
        newest = KeptAnswer.objects.filter(caller=caller).order_by("-began_at", "-pk")
        last = newest.values_list("began_at", flat=True)[MOST_A_CALLER - 1]
        gone += KeptAnswer.objects.filter(caller=caller, began_at__lt=last).delete()[0]
    return gone


def _answered(found: KeptAnswer, asked: Asked) -> dict[str, Any]:
    if found.fingerprint != asked.fingerprint:
        raise AnotherRequest("This Idempotency-Key was used for another body; send a new key with what is new.")
    if found.answered_at is None:
        raise AnswerUnderWay("The same request is being answered; wait a moment and send it again.")
    answer = unseal(bytes(found.sealed), name=asked.name, keys=_keys())
    if answer is None:
        raise AnswerGone("This request was done, but its answer cannot be repeated; look at what it made.")
    return answer


def _rows_of(turn: Turn) -> Any:
    return KeptAnswer.objects.filter(identity=turn.asked.identity, turn=turn.id)


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
