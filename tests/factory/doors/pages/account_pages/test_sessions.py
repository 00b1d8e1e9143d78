import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from factory.domain.accounts.models import User
from factory.domain.accounts.sign_in_links import make_link_token
from factory.doors.pages.account_pages.session_tracking import SECONDS
from factory.foundation import clock
from tests.factory.doors.pages.account_pages.newcomers import PASSWORD, dora, is_in, sign_in

pytestmark = pytest.mark.django_db
SESSIONS = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1 Version/18.4 Safari/604.1"


@pytest.fixture
def laptop(db: None) -> Client:
    """Dora's, signed in."""
    dora()
    return browse(FIREFOX)


@pytest.fixture
def telephone(laptop: Client) -> Client:
    """Dora's too."""
    return browse(SAFARI)


def browse(user_agent: str) -> Client:
    browser = Client(headers={"User-Agent": user_agent})
    assert sign_in(browser) == "/"
    return browser


def row_of(browser: Client) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def test_every_session_is_listed_in_words_and_this_one_marked(laptop: Client, telephone: Client) -> None:
    page = laptop.get(SESSIONS).content.decode()

    assert page.index("Firefox on Windows") < page.index("This one") < page.index("Safari on iPhone")
    assert page.count("This one") == 1
    assert "from 127.0.0.1" in page


def test_one_session_is_ended_and_no_other(laptop: Client, telephone: Client) -> None:
    third = browse("curl/8.5.0")
    answer = laptop.post(f"{SESSIONS}{row_of(telephone).pk}/end/", follow=True)

    assert "Safari on iPhone is signed out" in answer.content.decode()
    assert telephone.get(SESSIONS)["Location"].startswith("/accounts/login/")
    assert third.get(SESSIONS).status_code == 200


def test_all_others_are_ended_together(laptop: Client, telephone: Client) -> None:
    third = browse("curl/8.5.0")
    laptop.post(f"{SESSIONS}others/end/")

    assert not is_in(telephone)
    assert not is_in(third)
    assert laptop.get(SESSIONS).content.decode().count("row-name") == 1


def test_nobody_ends_the_sessions_of_others(laptop: Client, stranger: Client) -> None:
    answer = stranger.post(f"{SESSIONS}{row_of(laptop).pk}/end/", follow=True)

    assert "has ended already" in answer.content.decode()
    assert laptop.get(SESSIONS).status_code == 200


def test_this_session_is_ended_by_signing_out_only(laptop: Client) -> None:
    laptop.post(f"{SESSIONS}{row_of(laptop).pk}/end/")
    assert laptop.get(SESSIONS).status_code == 200

    key = laptop.session.session_key
    laptop.post("/accounts/logout/")
    assert browse(SAFARI).get(SESSIONS).content.decode().count("row-name") == 1
    assert not UserSession.objects.filter(session_key=key).exists()


def test_a_session_that_is_ended_cannot_be_used_again(laptop: Client, telephone: Client) -> None:
    stolen = telephone.cookies["sessionid"].value
    laptop.post(f"{SESSIONS}{row_of(telephone).pk}/end/")
    thief = Client()
    thief.cookies["sessionid"] = stolen

    assert thief.get(SESSIONS).status_code == 302
    assert UserSession.objects.count() == 1


def test_a_new_password_ends_every_other_session(laptop: Client, telephone: Client) -> None:
    fields = {"oldpassword": PASSWORD, "password1": "eight loud cameras", "password2": "eight loud cameras"}
    laptop.post("/accounts/password/change/", fields)

    assert telephone.get(SESSIONS).status_code == 302
    page = laptop.get(SESSIONS).content.decode()
    assert (page.count("row-name"), page.count("This one")) == (1, 1)


def test_ending_takes_a_post(laptop: Client, telephone: Client) -> None:
    assert laptop.get(f"{SESSIONS}{row_of(telephone).pk}/end/").status_code == 405
    assert laptop.get(f"{SESSIONS}others/end/").status_code == 405


def test_whoever_came_by_the_terminals_link_is_listed_too(client: Client, alice: User) -> None:
    client.get(f"/enter/{make_link_token(user=alice, now=clock.now())}/")

    assert "This one" in client.get(SESSIONS).content.decode()


def test_when_it_was_last_seen_is_noted_once_a_minute(laptop: Client) -> None:
    long_ago = clock.now() - datetime.timedelta(days=2)
    UserSession.objects.update(last_seen_at=long_ago)
    cache.clear()
    laptop.get("/accounts/profile/")
    assert clock.now() - row_of(laptop).last_seen_at < datetime.timedelta(seconds=SECONDS)

    UserSession.objects.update(last_seen_at=long_ago)
    with CaptureQueriesContext(connection) as queries:
        laptop.get("/accounts/profile/")
    assert not [query for query in queries if "usersession" in query["sql"]]
    assert row_of(laptop).last_seen_at == long_ago


def test_the_address_is_the_one_that_our_proxy_vouches_for(laptop: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    cache.clear()
    laptop.get("/accounts/profile/", headers={"X-Forwarded-For": "192.0.2.66, 203.0.113.7"})

    assert row_of(laptop).ip == "203.0.113.7"


def test_a_site_at_a_unix_socket_knows_no_address_and_serves_all_the_same(laptop: Client) -> None:
    cache.clear()

    assert laptop.get("/accounts/profile/", REMOTE_ADDR="").status_code == 200
