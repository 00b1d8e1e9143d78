import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from factory.domain.accounts.models import Member, User
from factory.domain.accounts.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "seven quiet microphones"


def sign_up(browser: Client, email: str = "dora@example.org", password: str = PASSWORD) -> int:
    return browser.post("/accounts/signup/", {"email": email, "password1": password}).status_code


def link_in(message: object) -> str:
    assert isinstance(message, EmailMultiAlternatives | mail.EmailMessage)
    found = re.search(r"http://\S+?(/accounts/\S+)", str(message.body))
    assert found is not None
    return found[1]


def test_whoever_signs_up_is_in_and_owns_a_team(client: Client) -> None:
    assert sign_up(client) == 302

    answer = client.get("/", follow=True)
    member = Member.objects.get(user__email="dora@example.org")
    assert member.role == Role.OWNER
    assert answer.redirect_chain == [(f"/t/{member.team.slug}/", 302)]
    assert "Draw your first pipeline" in answer.content.decode()


def test_nobody_is_asked_for_a_name_of_an_account(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()

    assert "username" not in page.lower()


@pytest.mark.parametrize("password", ["short", "1234567890", "dora@example.org"])
def test_a_weak_password_is_refused_beside_its_field(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {"email": "dora@example.org", "password1": password})

    assert 'class="error"' in answer.content.decode()
    assert not User.objects.exists()


def test_an_email_is_taken_once(client: Client) -> None:
    sign_up(client)

    assert sign_up(Client(), email="DORA@example.org") == 200
    assert User.objects.count() == 1


def test_a_verified_address_is_confirmed_by_a_link(client: Client) -> None:
    sign_up(client)

    address = link_in(mail.outbox[0])
    assert "Confirm" in client.get(address).content.decode()
    client.post(address)
    assert "Verified" in client.get("/accounts/email/").content.decode()


def test_signing_in_takes_the_email_and_the_password(client: Client) -> None:
    sign_up(client)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session

    wrong = client.post("/accounts/login/", {"login": "dora@example.org", "password": "wrong wrong wrong"})
    assert "not correct" in wrong.content.decode()
    client.post("/accounts/login/", {"login": "dora@example.org", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_signing_out_takes_a_post(client: Client) -> None:
    sign_up(client)
    client.get("/accounts/logout/")

    assert "_auth_user_id" in client.session


def test_a_forgotten_password_is_set_anew_by_mail(client: Client) -> None:
    sign_up(client)
    client.post("/accounts/logout/")
    mail.outbox.clear()

    client.post("/accounts/password/reset/", {"email": "dora@example.org"})
    landed = client.get(link_in(mail.outbox[0]), follow=True)
    action = landed.redirect_chain[-1][0]
    client.post(action, {"password1": "eight loud cameras", "password2": "eight loud cameras"})

    assert client.login(email="dora@example.org", password="eight loud cameras")


@pytest.mark.slow
def test_whoever_guesses_is_slowed_down(client: Client) -> None:
    sign_up(client)
    client.post("/accounts/logout/")
    answers = [
        client.post("/accounts/login/", {"login": "dora@example.org", "password": f"guess number {number}"})
        for number in range(12)
    ]

    assert "Too many failed login attempts" in answers[-1].content.decode()
    right = client.post("/accounts/login/", {"login": "dora@example.org", "password": PASSWORD})
    assert right.status_code == 200
    assert "_auth_user_id" not in client.session


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
