import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import set_role
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.secrets.models import Secret
from factory.domain.secrets.opening import open_secrets
from factory.domain.secrets.services import put_secret
from tests.factory.keyed import KEYED, put_beside

PAGE = "/teams/studio/secrets/"
CANARY = "canary-7f3a9c"


@pytest.fixture
def browser(team: Team, alice: User) -> Client:
    browser = Client()
    browser.force_login(alice)
    return browser


def test_a_value_is_stored_and_never_shown(browser: Client, team: Team) -> None:
    answers = [
        browser.post(PAGE, {"name": "stream_key", "value": f"{CANARY}\r\nsecond\r\n"}, follow=True),
        browser.get(PAGE),
    ]

    for answer in answers:
        assert b"stream_key" in answer.content
        assert CANARY.encode() not in answer.content
    assert open_secrets(team=team.slug, names=["stream_key"]).values == {"stream_key": f"{CANARY}\nsecond"}


def test_a_refused_value_is_not_shown_again_and_what_to_do_is(browser: Client) -> None:
    response = browser.post(PAGE, {"name": "Stream Key", "value": CANARY})

    assert response.status_code == 422
    assert b"use lowercase letters" in response.content
    assert b'value="Stream Key"' in response.content
    assert CANARY.encode() not in response.content


def test_one_that_is_there_is_replaced(browser: Client, team: Team, now: datetime.datetime) -> None:
    put_secret(team=team, name="stream_key", value="old", by=None, now=now)

    shown = browser.post(PAGE, {"name": "stream_key", "value": "new"}, follow=True)

    assert b"keep the old value until they start again" in shown.content
    assert Secret.objects.get().version == 2
    refused = browser.post(PAGE, {"name": "stream_key", "value": ""})
    assert b'<details class="secret-replace" open>' in refused.content


def test_a_secret_is_deleted_once(browser: Client, team: Team, now: datetime.datetime) -> None:
    put_secret(team=team, name="stream_key", value="x", by=None, now=now)

    first = browser.post(f"{PAGE}stream_key/delete/", follow=True)
    second = browser.post(f"{PAGE}stream_key/delete/", follow=True)

    assert b"stream_key is deleted." in first.content
    assert b"The team has no secret of this name" in second.content
    assert b"No secrets yet" in second.content
    assert browser.get(f"{PAGE}stream_key/delete/").status_code == 405


def test_it_says_which_pipelines_use_a_secret_and_which_miss_one(
    browser: Client, team: Team, now: datetime.datetime, settings: Settings, tmp_path: Path
) -> None:
    settings.FACTORY_COMPONENTS = put_beside(Path(settings.FACTORY_COMPONENTS), tmp_path / "shelves")
    create_from_text(team=team, text=KEYED, now=now)
    missing = browser.get(PAGE)
    put_secret(team=team, name="stream_key", value="x", by=None, now=now)
    used = browser.get(PAGE)

    assert b"cannot be started" in missing.content
    assert b"cannot be started:" not in used.content
    assert b'href="/t/studio/keyed/"' in used.content
    assert b"1 pipeline uses it and cannot be started without it." in used.content


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DEVELOPER, 200), (Role.OPERATOR, 200), (Role.VIEWER, 200), (Role.BILLING, 403)],
)
def test_who_sees_pipelines_sees_names_and_only_who_administers_changes_them(
    team: Team, now: datetime.datetime, role: Role, status: int
) -> None:
    bob = User.objects.create_user("bob", email="bob@example.org")
    set_role(team=team, user=bob, role=role)
    put_secret(team=team, name="stream_key", value="x", by=None, now=now)
    browser = Client()
    browser.force_login(bob)

    answers = [
        browser.get(PAGE),
        browser.post(PAGE, {"name": "a", "value": "x"}),
        browser.post(f"{PAGE}stream_key/delete/"),
    ]

    assert [answer.status_code for answer in answers] == [status, 403, 403]
    page = answers[0].content.decode()
    assert ("stream_key" in page) is (status == 200)
    assert 'name="value"' not in page
    assert "/secrets/stream_key/delete/" not in page
    assert "The studio" in page
    assert [secret.name for secret in Secret.objects.all()] == ["stream_key"]


def test_strangers_find_no_page(team: Team) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("eve", email="eve@example.net"))

    assert browser.get(PAGE).status_code == 404
