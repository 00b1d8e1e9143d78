import datetime
from typing import Any

import pytest
from pytest_django import Settings

from factory.domain.answers import services
from factory.domain.answers.models import KeptAnswer
from factory.domain.answers.sealing import seal, unseal
from factory.domain.answers.services import (
    KEPT_FOR,
    TURN,
    AnotherRequest,
    AnswerGone,
    AnswerUnderWay,
    Asked,
    Turn,
    begin,
    forget_answers,
    give_up,
    keep,
)

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
ASKED = Asked(caller="user:7", route="POST /api/v1/teams", name="one", fingerprint="f" * 64)
ANSWER: dict[str, Any] = {"status": 201, "headers": {}, "content": "aGk="}

pytestmark = pytest.mark.django_db


def taken(asked: Asked = ASKED, now: datetime.datetime = NOW) -> Turn:
    turn = begin(asked=asked, now=now)
    assert isinstance(turn, Turn)
    return turn


def test_what_was_answered_is_answered_again() -> None:
    keep(turn=taken(), answer=ANSWER, now=NOW)

    assert begin(asked=ASKED, now=NOW + KEPT_FOR) == ANSWER
    assert KeptAnswer.objects.count() == 1


def test_only_one_has_the_turn_until_it_has_answered() -> None:
    taken()

    with pytest.raises(AnswerUnderWay, match="wait a moment"):
        begin(asked=ASKED, now=NOW + TURN)


def test_the_turn_of_one_that_died_is_taken_over_and_it_can_keep_nothing_any_more() -> None:
    dead = taken()
    later = NOW + TURN + datetime.timedelta(seconds=1)
    heir = taken(now=later)

    keep(turn=dead, answer={"status": 500}, now=later)
    give_up(turn=dead)
    keep(turn=heir, answer=ANSWER, now=later)

    assert begin(asked=ASKED, now=later) == ANSWER


def test_another_body_under_the_same_name_is_refused_even_while_the_first_is_under_way() -> None:
    taken()

    with pytest.raises(AnotherRequest, match="new key"):
        begin(asked=Asked(ASKED.caller, ASKED.route, ASKED.name, "0" * 64), now=NOW)


@pytest.mark.parametrize("field", ["caller", "route", "name"])
def test_another_caller_route_or_name_is_another_request(field: str) -> None:
    keep(turn=taken(), answer=ANSWER, now=NOW)
    other = Asked(**{**ASKED.__dict__, field: "another"})

    taken(other)


def test_what_made_nothing_may_be_asked_anew() -> None:
    give_up(turn=taken())

    taken()


def test_after_a_day_the_name_is_free_and_the_sweep_takes_the_row() -> None:
    keep(turn=taken(), answer=ANSWER, now=NOW)
    later = NOW + KEPT_FOR + datetime.timedelta(seconds=1)

    taken(now=later)
    assert forget_answers(now=later) == 0
    assert forget_answers(now=later + KEPT_FOR + TURN) == 1
    assert KeptAnswer.objects.count() == 0


def test_the_oldest_of_who_has_too_many_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_A_CALLER", 3)
    for number in range(5):
        at = NOW + datetime.timedelta(seconds=number)
        keep(turn=taken(Asked("user:7", "POST /", str(number), "f"), now=at), answer=ANSWER, now=at)

    assert forget_answers(now=NOW) == 2
    assert begin(asked=Asked("user:7", "POST /", "4", "f"), now=NOW) == ANSWER


def test_the_row_alone_says_neither_who_nor_what() -> None:
    keep(turn=taken(), answer={"status": 201, "headers": {}, "content": "canary"}, now=NOW)
    row = KeptAnswer.objects.get()

    told = " ".join(str(value) for value in row.__dict__.values()) + bytes(row.sealed).decode()
    assert not any(word in told for word in ("canary", "user:7", "/api/v1", "one"))


def test_a_key_that_was_changed_still_opens_and_one_that_is_gone_does_not(settings: Settings) -> None:
    keep(turn=taken(), answer=ANSWER, now=NOW)
    old = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert begin(asked=ASKED, now=NOW) == ANSWER

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(AnswerGone, match="look at what it made"):
        begin(asked=ASKED, now=NOW)


def test_what_is_sealed_opens_with_its_own_name_alone() -> None:
    sealed = seal({"a": 1}, name="one", keys=["k"])

    assert unseal(sealed, name="one", keys=["other", "k"]) == {"a": 1}
    assert unseal(sealed, name="two", keys=["k"]) is None
