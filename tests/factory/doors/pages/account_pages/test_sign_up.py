import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import ensure_home_owner
from tests.factory.doors.pages.account_pages import raced_form
from tests.factory.doors.pages.account_pages.newcomers import (
    EMAIL,
    code_in,
    dora,
    is_in,
    join,
    newest_mail,
    newest_subject,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.django_db
CONFIRM = "/accounts/confirm-email/"
WORDS = re.compile(r"<(?:h1|p|button|summary)\b.*?>.*?</")


def test_whoever_confirms_their_address_is_in_and_owns_a_team(client: Client) -> None:
    join(client)

    answer = client.get("/", follow=True)
    member = Member.objects.get(user__email=EMAIL)
    assert member.role == Role.OWNER
    assert answer.redirect_chain == [(f"/t/{member.team.slug}/", 302)]
    assert "Draw your first pipeline" in answer.content.decode()


def test_before_that_nobody_is_in_and_there_is_no_team(client: Client) -> None:
    sign_up(client)

    assert not is_in(client)
    assert not Team.objects.exists()
    assert client.get("/accounts/profile/").status_code == 302


def test_nobody_is_asked_for_a_name_of_an_account(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()

    assert "username" not in page.lower()


@pytest.mark.parametrize("password", ["short", "1234567890", EMAIL])
def test_a_weak_password_is_refused_beside_its_field(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {"email": EMAIL, "password1": password})

    assert 'class="error"' in answer.content.decode()
    assert not User.objects.exists()


def test_an_invitation_is_come_back_to_once_the_address_is_confirmed(client: Client) -> None:
    page = client.get("/accounts/login/?next=/invitations/abc/").content.decode()
    assert re.search(r'href="/accounts/signup/\?next=(/|%2F)invitations(/|%2F)abc(/|%2F)"', page)
    sign_up(client, onward="/invitations/abc/")
    answer = client.post(CONFIRM, {"code": code_in(newest_mail())})

    assert answer["Location"] == "/invitations/abc/"


def test_what_the_session_keeps_outlives_the_sign_up(client: Client) -> None:
    session = client.session
    session["invitation"] = "a token"
    session.save()
    join(client)

    assert client.session["invitation"] == "a token"


def test_nobody_learns_who_has_an_account_by_signing_up(client: Client) -> None:
    dora()
    known, new = Client(), Client()
    sign_up(known, email=EMAIL.upper())
    sign_up(new, email="erik@example.org")

    pages = [WORDS.findall(browser.get(CONFIRM).content.decode()) for browser in (known, new)]
    shown = [[re.sub(r"\S+@example.org", "…", words, flags=re.IGNORECASE) for words in page] for page in pages]
    assert len(shown[0]) >= 3
    assert shown[0] == shown[1]
    assert User.objects.filter(email__iexact=EMAIL).count() == 1
    assert "You have an account already" in [message.subject for message in mail.outbox]
    wrong = known.post(CONFIRM, {"code": "BBBB-BBBB"})
    assert "This code is not right" in wrong.content.decode()


@pytest.mark.parametrize(
    ("form", "about"),
    [("RacedByTheSameAddress", "You have an account already"), ("RacedByTheSameName", "Your code to confirm")],
)
def test_of_two_at_the_same_moment_both_are_answered(client: Client, settings: Settings, form: str, about: str) -> None:
    settings.ACCOUNT_FORMS = {"signup": f"{raced_form.__name__}.{form}"}
    sign_up(client)

    assert client.get(CONFIRM).status_code == 200
    assert about in newest_subject()
    assert User.objects.filter(email=EMAIL).count() == 1


def test_the_mail_to_who_has_an_account_brings_no_code(client: Client) -> None:
    dora()
    sign_up(client)

    assert newest_subject() == "You have an account already"
    assert "/accounts/password/reset/" in newest_mail()


def test_three_wrong_codes_end_it(client: Client) -> None:
    sign_up(client)
    right = code_in(newest_mail())
    for _ in range(3):
        answer = client.post(CONFIRM, {"code": "BBBB-BBBB"})

    assert answer["Location"] == "/accounts/login/"
    client.post(CONFIRM, {"code": right})
    assert not is_in(client)


def test_a_code_is_good_in_its_own_browser_only(client: Client) -> None:
    sign_up(client)
    other = Client()
    other.post(CONFIRM, {"code": code_in(newest_mail())})

    assert not is_in(other)


def test_a_new_code_can_be_asked_for_and_replaces_the_old(client: Client) -> None:
    sign_up(client)
    old = code_in(newest_mail())
    cache.clear()
    client.post(CONFIRM, {"action": "resend"})
    new = code_in(newest_mail())

    assert new != old
    client.post(CONFIRM, {"code": old})
    assert not is_in(client)
    client.post(CONFIRM, {"code": new})
    assert is_in(client)


def test_whoever_mistyped_their_address_signs_up_again(client: Client) -> None:
    sign_up(client, email="dora@exmaple.org")
    assert "Sign up with another one" in client.get(CONFIRM).content.decode()
    assert client.post("/accounts/logout/", {"next": "/accounts/signup/"})["Location"] == "/accounts/signup/"
    join(client)

    assert is_in(client)
    assert EmailAddress.objects.get(verified=True).email == EMAIL


def test_whoever_left_before_confirming_confirms_when_they_sign_in(client: Client) -> None:
    sign_up(client)
    cache.clear()
    later = Client()
    assert sign_in(later) == CONFIRM
    later.post(CONFIRM, {"code": code_in(newest_mail())})

    assert is_in(later)


def test_nobody_gets_the_name_by_which_the_owner_of_home_is_found(client: Client) -> None:
    stranger = join(client, email="operator@evil.example")

    assert ensure_home_owner() != stranger
    assert not Member.objects.filter(team__slug="home", user=stranger).exists()


def test_too_many_new_accounts_from_one_place_are_refused(client: Client) -> None:
    answers = [Client().post("/accounts/signup/", {"email": "no", "password1": ""}) for _ in range(21)]

    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "60"


def test_a_forged_forwarding_header_does_not_escape_the_limit(client: Client) -> None:
    answers = [
        Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}).post("/accounts/signup/", {"email": "no"})
        for number in range(21)
    ]

    assert answers[-1].status_code == 429
