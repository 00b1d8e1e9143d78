import datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.sign_in_links import make_link_token


@pytest.fixture
def link(alice: User, now: datetime.datetime) -> str:
    return f"/enter/{make_link_token(user=alice, now=now)}/"


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_a_link_signs_in_and_goes_on(client: Client, link: str, team: Team) -> None:
    answer = client.get(f"{link}?next=/t/studio/")

    assert (answer.status_code, answer["Location"], answer.content) == (302, "/t/studio/", b"")
    assert client.get("/t/studio/").status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_a_link_works_once(client: Client, link: str) -> None:
    client.get(link)
    second = Client()
    answer = second.get(link)

    assert answer.status_code == 410
    assert "manage.py sign_in_link" in answer.content.decode()
    assert not is_signed_in(second)


def test_a_link_gets_a_session_of_its_own(client: Client, link: str) -> None:
    client.get("/accounts/login/")
    client.session.save()
    before = client.session.session_key
    client.get(link)

    assert is_signed_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "t/studio/",
        "/\t/evil.example",
        " //evil.example",
        "",
    ],
)
def test_a_link_leads_nowhere_else(client: Client, link: str, elsewhere: str) -> None:
    answer = client.get(link, {"next": elsewhere})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_signing_in_by_password_leads_nowhere_else_either(client: Client, db: None, elsewhere: str) -> None:
    bob = User.objects.create_user("bob", email="bob@example.org", password="correct horse battery")
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=True)
    answer = client.post(
        f"/accounts/login/?next={elsewhere}",
        {"login": "bob@example.org", "password": "correct horse battery", "next": elsewhere},
    )

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_link_is_for_reading(client: Client, link: str, method: str) -> None:
    assert client.generic(method, link).status_code == 405
    assert client.get(link).status_code == 302


def test_a_probe_does_not_use_the_link_up(client: Client, link: str) -> None:
    assert client.head(link).status_code == 405
    assert client.get(link).status_code == 302
