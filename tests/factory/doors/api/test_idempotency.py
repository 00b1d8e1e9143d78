import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.answers.models import KeptAnswer
from factory.domain.pipelines import services
from factory.domain.pipelines.models import Pipeline
from factory.doors.api.v1 import pipelines
from tests.factory.doors.api.browsers import TEAM, send, sign_in

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
NEW = {"name": "Another"}


def make(browser: Client, value: Any = NEW, headers: dict[str, str] = KEY, address: str = f"{TEAM}/pipelines") -> Any:
    return send(browser, "POST", address, value, headers=headers)


def test_what_comes_again_is_answered_as_before_and_nothing_is_made_twice(developer: Client) -> None:
    first, second = make(developer), make(developer)

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    for header in ("Location", "ETag", "Content-Type"):
        assert first[header] == second[header]
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert Pipeline.objects.count() == 1


def test_a_key_with_or_without_quotes_is_the_same(developer: Client) -> None:
    make(developer)

    assert make(developer, headers={"Idempotency-Key": KEY["Idempotency-Key"].strip('"')}).status_code == 201
    assert Pipeline.objects.count() == 1


def test_without_a_key_each_request_is_its_own(developer: Client) -> None:
    assert make(developer, headers={}).status_code == 201
    assert make(developer, headers={}).status_code == 409


def test_another_body_is_refused(developer: Client) -> None:
    make(developer)
    response = make(developer, {"name": "Something else"})

    assert (response.status_code, response.json()["code"]) == (422, "answers:user:another-request")
    assert Pipeline.objects.count() == 1


def test_while_the_first_is_answered_the_second_waits(developer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    genuine = services.create_pipeline

    def slow(**named: Any) -> Pipeline:
        seen.append(make(developer))
        return genuine(**named)

    monkeypatch.setattr(pipelines, "create_pipeline", slow)
    first = make(developer)

    assert first.status_code == 201
    assert (seen[0].status_code, seen[0].json()["code"]) == (409, "answers:user:under-way")
    assert seen[0]["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_makes_it(team: Team, alice: User) -> None:
    answers: list[Any] = []

    def ask() -> None:
        answers.append(make(sign_in(alice)))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(answers) == 6
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Pipeline.objects.count() == 1


def test_a_refusal_makes_nothing_and_may_be_tried_again(developer: Client, viewer: Client) -> None:
    assert make(developer, {"name": ""}).status_code == 422
    assert make(viewer).status_code == 403
    assert KeptAnswer.objects.count() == 0
    assert make(developer).status_code == 201


def test_a_mistake_of_ours_is_answered_again_since_nobody_knows_what_was_done(
    developer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipelines, "create_pipeline", lambda **named: 1 / 0)
    first = make(developer)
    monkeypatch.undo()
    second = make(developer)

    assert (first.status_code, second.status_code) == (500, 500)
    assert first.json()["reference"] == second.json()["reference"]


def test_another_person_gets_their_own_answer(developer: Client, alice: User) -> None:
    make(developer)

    assert make(sign_in(alice)).status_code == 409


def test_who_has_left_the_team_is_told_nothing_any_more(developer: Client, team: Team) -> None:
    make(developer)
    team.memberships.filter(role="developer").delete()

    assert make(developer).status_code == 404


def test_who_is_not_signed_in_is_told_nothing(client: Client, team: Team) -> None:
    assert make(client).status_code == 401
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("key", ["", '""', "a" * 201, "ümlaut", "two words"])
def test_what_cannot_be_a_key_is_refused(key: str, developer: Client) -> None:
    response = make(developer, headers={"Idempotency-Key": key})

    assert (response.status_code, response.json()["code"]) == (400, "api:user:idempotency-key")


def test_what_makes_nothing_keeps_nothing(developer: Client) -> None:
    value = {"api_version": 1, "name": "hello", "nodes": {}}

    assert make(developer, value, address="/api/v1/documents/print").status_code == 200
    assert KeptAnswer.objects.count() == 0


def test_what_is_shown_once_is_repeated_to_who_made_it_and_lies_nowhere_in_the_open(developer: Client) -> None:
    value = {"name": "CI", "scopes": ["see"]}
    first, second = (make(developer, value, address=f"{TEAM}/tokens") for _ in range(2))
    token = first.json()["token"]

    assert first.status_code == 201
    assert second.json()["token"] == token
    row = KeptAnswer.objects.get()
    assert token.encode() not in bytes(row.sealed)
    assert ApiToken.objects.count() == 1


def test_a_program_names_its_requests_too_and_a_revoked_one_is_told_nothing(developer: Client, client: Client) -> None:
    token = make(developer, {"name": "CI", "scopes": ["see", "edit"]}, headers={}, address=f"{TEAM}/tokens").json()
    headers = {**KEY, "Authorization": f"Bearer {token['token']}"}
    first, second = make(client, headers=headers), make(client, headers=headers)
    send(developer, "DELETE", f"{TEAM}/tokens/{token['id']}")

    assert (first.status_code, second.status_code, second["Idempotent-Replayed"]) == (201, 201, "true")
    assert make(client, headers=headers).status_code == 401
