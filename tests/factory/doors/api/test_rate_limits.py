import pytest
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.api_tokens import make_api_token
from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.pipelines.models import Pipeline
from factory.foundation import clock
from tests.factory.doors.api.browsers import HELLO, TEAM, sign_in


def test_every_answer_says_what_is_left(developer: Client, pipeline: Pipeline, settings: Settings) -> None:
    # So few that none comes back between the two.
    settings.FACTORY_RATE_CALLER = 2
    first, second = developer.get(HELLO), developer.get(HELLO)

    assert first["RateLimit-Policy"] == '"address";q=3000;w=60, "caller";q=2;w=60'
    assert '"caller";r=1;t=30' in first["RateLimit"]
    assert '"caller";r=0;t=' in second["RateLimit"]


def test_who_asks_too_often_is_told_how_long_to_wait(developer: Client, pipeline: Pipeline, settings: Settings) -> None:
    settings.FACTORY_RATE_CALLER = 2
    answers = [developer.get(HELLO) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert 1 <= int(refused["Retry-After"]) <= 30
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["policy"]) == ("api:user:too-many", "caller")
    assert '"caller";r=0' in refused["RateLimit"]


def test_nobody_gets_a_bucket_of_their_own_by_a_header_that_says_nothing(
    developer: Client, pipeline: Pipeline, settings: Settings
) -> None:
    settings.FACTORY_RATE_CALLER = 2
    headers = [{"Authorization": f"Basic {number}"} for number in range(3)]

    assert [developer.get(HELLO, headers=each).status_code for each in headers] == [200, 200, 429]


def test_a_token_is_one_caller_however_it_is_written(
    team: Team, alice: User, pipeline: Pipeline, client: Client, settings: Settings
) -> None:
    membership = membership_of(user=alice, slug=team.slug)
    assert membership is not None
    _, text = make_api_token(membership=membership, name="job", scopes=[Action.SEE], now=clock.now())
    settings.FACTORY_RATE_CALLER = 2
    written = [f"Bearer {text}", f"bearer   {text}", f"BEARER {text} "]

    assert [client.get(HELLO, headers={"Authorization": each}).status_code for each in written] == [200, 200, 429]


def test_a_look_at_the_headers_alone_takes_as_much(developer: Client, pipeline: Pipeline, settings: Settings) -> None:
    settings.FACTORY_RATE_HEAVY = 1

    assert developer.get(f"{HELLO}/export").status_code == 200
    assert developer.head(f"{HELLO}/export").status_code == 429


def test_others_are_not_kept_waiting(developer: Client, pipeline: Pipeline, alice: User, settings: Settings) -> None:
    settings.FACTORY_RATE_CALLER = 1
    developer.get(HELLO)

    assert developer.get(HELLO).status_code == 429
    assert sign_in(alice).get(HELLO).status_code == 200


def test_what_takes_much_is_asked_seldom(developer: Client, pipeline: Pipeline, settings: Settings) -> None:
    settings.FACTORY_RATE_HEAVY = 1

    assert [developer.get(f"{HELLO}/export").status_code for _ in range(2)] == [200, 429]
    assert developer.get(HELLO).status_code == 200


def test_wrong_tokens_are_tried_seldom_from_one_address(client: Client, team: Team, settings: Settings) -> None:
    settings.FACTORY_RATE_GUESSES = 3
    answers = [
        client.get(f"{TEAM}/pipelines", headers={"Authorization": f"Bearer guess-{number}"}).status_code
        for number in range(5)
    ]

    assert answers == [401, 401, 401, 429, 429]


@pytest.mark.parametrize("address", ["/api/v1/unknown", "/api/v2/", "/api/v1/openapi.json"])
def test_what_is_not_there_and_what_is_for_everybody_are_counted_too(
    address: str, client: Client, db: None, settings: Settings
) -> None:
    settings.FACTORY_RATE_ADDRESS = 1
    client.get(address)

    assert client.get(address).status_code == 429
