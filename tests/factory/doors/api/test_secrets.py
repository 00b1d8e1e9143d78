import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.pipelines.models import Node
from factory.domain.secrets.opening import open_secrets
from factory.domain.secrets.services import MOST_VALUE_BYTES, put_secret
from tests.factory.doors.api.browsers import TEAM, send, sign_in
from tests.factory.keyed import KEYED, REFERENCE, put_beside

SECRETS = f"{TEAM}/secrets"
CANARY = "canary-7f3a9c"


@pytest.fixture
def shelves(settings: Settings, tmp_path: Path) -> None:
    settings.FACTORY_COMPONENTS = put_beside(Path(settings.FACTORY_COMPONENTS), tmp_path / "shelves")


@pytest.fixture
def owner(team: Team, alice: User) -> Client:
    return sign_in(alice)


def document(key: object) -> dict[str, Any]:
    nodes = {"keyed": {"component": "keyed@1.0.0", "parameters": {"key": key}}}
    return {"api_version": 1, "name": "keyed", "nodes": nodes}


def test_a_value_goes_in_and_never_comes_out(team: Team, owner: Client) -> None:
    made = send(owner, "PUT", f"{SECRETS}/stream_key", {"value": CANARY})
    replaced = send(owner, "PUT", f"{SECRETS}/stream_key", {"value": f"{CANARY}2"})
    listed = owner.get(SECRETS)

    assert (made.status_code, replaced.status_code, listed.status_code) == (201, 200, 200)
    (secret,) = listed.json()["items"]
    assert (secret["name"], secret["version"], secret["changed_by"]) == ("stream_key", 2, "alice@example.org")
    assert secret.keys() == {"name", "version", "made_by", "made_at", "changed_by", "changed_at", "used_by"}
    assert CANARY.encode() not in made.content + replaced.content + listed.content
    assert open_secrets(team="studio", names=["stream_key"]).values == {"stream_key": f"{CANARY}2"}


def test_members_see_names_and_only_admins_store(team: Team, now: datetime.datetime, developer: Client) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)

    listed = developer.get(SECRETS).json()
    refused = [
        send(developer, "PUT", f"{SECRETS}/stream_key", {"value": "x"}),
        send(developer, "DELETE", f"{SECRETS}/stream_key"),
    ]

    assert ([each["name"] for each in listed["items"]], listed["may_administer"]) == (["stream_key"], False)
    assert [response.status_code for response in refused] == [403, 403]
    assert all(response.json()["needed"] == ["owner", "admin"] for response in refused)


def test_strangers_find_nothing(team: Team, now: datetime.datetime, stranger: Client) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)

    answers = [
        stranger.get(SECRETS),
        send(stranger, "PUT", f"{SECRETS}/stream_key", {"value": "x"}),
        send(stranger, "DELETE", f"{SECRETS}/stream_key"),
    ]

    assert [response.status_code for response in answers] == [404, 404, 404]


@pytest.mark.parametrize("value", ["", "a\0b", CANARY * MOST_VALUE_BYTES, 7, None, {"a": CANARY}])
def test_a_value_that_cannot_be_one_is_refused_and_not_repeated(owner: Client, value: object) -> None:
    response = send(owner, "PUT", f"{SECRETS}/stream_key", {"value": value})

    assert response.status_code == 422
    assert CANARY.encode() not in response.content


def test_deleting_tells_what_was_not_there(owner: Client, team: Team) -> None:
    send(owner, "PUT", f"{SECRETS}/stream_key", {"value": CANARY})

    assert [send(owner, "DELETE", f"{SECRETS}/stream_key").status_code for _ in range(2)] == [204, 404]


@pytest.mark.usefixtures("shelves")
def test_a_pasted_value_reaches_no_row_by_any_way(team: Team, owner: Client) -> None:
    send(owner, "PUT", f"{SECRETS}/stream_key", {"value": "x"})
    pasted = KEYED.replace(REFERENCE, CANARY, 1)
    made = send(owner, "POST", f"{TEAM}/pipelines", {"name": "keyed", "document": document(REFERENCE)})
    refused = [
        send(owner, "POST", f"{TEAM}/pipelines", {"name": "other", "document": document(CANARY)}),
        send(owner, "PUT", f"{TEAM}/pipelines/keyed", document(CANARY), headers={"If-Match": made["ETag"]}),
        owner.generic("POST", f"{TEAM}/pipelines/import", pasted.encode(), "application/yaml"),
    ]

    assert made.status_code == 201
    for response in refused:
        assert response.status_code == 422
        (problem,) = response.json()["problems"]
        assert (problem["node"], problem["parameter"]) == ("keyed", "key")
        assert problem["remedy"] == "For key store it as a secret of the team and choose it here."
        assert CANARY.encode() not in response.content
    assert [node.parameters for node in Node.objects.filter(component="keyed@1.0.0")] == [{"key": REFERENCE}]


@pytest.mark.usefixtures("shelves")
def test_the_list_says_what_uses_a_secret_and_the_pipeline_what_it_misses(team: Team, owner: Client) -> None:
    created = send(owner, "POST", f"{TEAM}/pipelines", {"name": "keyed", "document": document(REFERENCE)}).json()
    (problem,) = created["problems"]
    refused = send(owner, "POST", f"{TEAM}/pipelines/keyed/runs", {"revision": created["revision"]})
    send(owner, "PUT", f"{SECRETS}/stream_key", {"value": CANARY})

    (secret,) = owner.get(SECRETS).json()["items"]
    exported = owner.get(f"{TEAM}/pipelines/keyed/export").content

    assert (problem["code"], problem["parameter"]) == ("unknown_secret", "key")
    assert refused.status_code == 422
    assert "stream_key" in refused.json()["title"]
    assert owner.get(f"{TEAM}/pipelines/keyed").json()["problems"] == []
    assert secret["used_by"] == [{"slug": "keyed", "name": "keyed"}]
    assert b"key: secret:stream_key" in exported
