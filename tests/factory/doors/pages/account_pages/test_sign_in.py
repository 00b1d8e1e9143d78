import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import User
from factory.domain.accounts.services import ensure_home_owner
from factory.domain.accounts.sign_in_links import make_link_token
from factory.foundation import clock
from tests.factory.doors.pages.account_pages.newcomers import (
    EMAIL,
    PASSWORD,
    app_code,
    code_in,
    dora,
    give_app,
    is_in,
    newest_mail,
    newest_subject,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.django_db
ASK, CODE = "/accounts/login/code/", "/accounts/login/code/confirm/"


def link_in(text: str) -> str:
    found = re.search(r"http://\S+?(/accounts/\S+)", text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("address", "form", "to"),
    [
        ("/accounts/password/reset/", {"email": EMAIL}, EMAIL),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}, "nobody@example.org"),
        ("/accounts/signup/", {"email": EMAIL, "password1": PASSWORD}, EMAIL),
        ("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": f"{PASSWORD}!"}, EMAIL),
    ],
)
def test_links_in_mails_lead_to_our_site_whatever_host_was_asked(
    client: Client, settings: Settings, address: str, form: dict[str, str], to: str
) -> None:
    settings.FACTORY_SITE, settings.ALLOWED_HOSTS = "https://factory.example", ["factory.example", "localhost"]
    user = dora()
    if "oldpassword" in form:
        client.force_login(user)

    client.post(address, {**form, "password2": form.get("password1", "")}, headers={"Host": "localhost:6666"})

    assert "https://factory.example/accounts/" in newest_mail(to)
    assert "localhost" not in newest_mail(to)


def test_the_page_offers_three_ways(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert 'name="password"' in page
    assert 'data-passkey="sign-in"' in page
    assert f'href="{ASK}"' in page


def test_signing_in_takes_the_email_and_the_password(client: Client) -> None:
    dora()
    wrong = client.post("/accounts/login/", {"login": EMAIL, "password": "wrong wrong wrong"})
    assert "not correct" in wrong.content.decode()
    assert not is_in(client)

    sign_in(client, email=EMAIL.upper())
    assert is_in(client)


def test_a_code_by_mail_signs_in_and_goes_on(client: Client) -> None:
    dora()
    asked = client.post(ASK, {"email": EMAIL, "next": "/teams/studio/members/"})
    answer = client.post(asked["Location"], {"code": code_in(newest_mail()).lower(), "next": "/teams/studio/members/"})

    assert is_in(client)
    assert answer["Location"] == "/teams/studio/members/"


def test_a_code_by_mail_works_once(client: Client) -> None:
    dora()
    client.post(ASK, {"email": EMAIL})
    code = code_in(newest_mail())
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    client.post(CODE, {"code": code})

    assert not is_in(client)


def test_three_wrong_codes_from_the_mail_end_it(client: Client) -> None:
    dora()
    client.post(ASK, {"email": EMAIL})
    for _ in range(3):
        answer = client.post(CODE, {"code": "BBBB-BBBB"})
    client.post(CODE, {"code": code_in(newest_mail())})

    assert answer["Location"] == ASK
    assert not is_in(client)


def test_nobody_learns_who_has_an_account_by_asking_for_a_code(client: Client) -> None:
    dora()
    known, unknown = Client(), Client()
    answers = [known.post(ASK, {"email": EMAIL}), unknown.post(ASK, {"email": "nobody@example.org"})]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, CODE)] * 2
    pages = [browser.get(CODE).content.decode() for browser in (known, unknown)]
    assert [page.count("<button") for page in pages] == [pages[0].count("<button")] * 2
    assert newest_subject("nobody@example.org") == "This address has no account"


def test_nobody_learns_who_has_an_account_by_forgetting_a_password(client: Client) -> None:
    dora()
    answers = [client.post("/accounts/password/reset/", {"email": email}) for email in (EMAIL, "nobody@example.org")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/accounts/password/reset/done/")
    ] * 2


def test_codes_are_mailed_to_one_address_only_so_often(client: Client) -> None:
    dora()
    answers = [Client().post(ASK, {"email": EMAIL}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200, 200]
    assert len(mail.outbox) <= 3


def test_signing_out_takes_a_post(client: Client) -> None:
    dora()
    sign_in(client)
    client.get("/accounts/logout/")
    assert is_in(client)

    client.post("/accounts/logout/")
    assert not is_in(client)


def test_a_forgotten_password_is_set_anew_by_mail_and_told_of(client: Client) -> None:
    dora()
    client.post("/accounts/password/reset/", {"email": EMAIL})
    landed = client.get(link_in(newest_mail()), follow=True)
    client.post(landed.redirect_chain[-1][0], {"password1": "eight loud cameras", "password2": "eight loud cameras"})

    assert sign_in(client, password="eight loud cameras") == "/"
    assert newest_subject() == "Your password was changed"


def test_a_link_that_was_used_says_how_to_get_another(client: Client) -> None:
    dora()
    page = client.get("/accounts/password/reset/key/1-set-password/").content.decode()

    assert "This link no longer works" in page
    assert 'href="/accounts/password/reset/"' in page


def test_whoever_guesses_is_slowed_down(client: Client) -> None:
    dora()
    answers = [
        client.post("/accounts/login/", {"login": EMAIL, "password": f"guess number {number}"}) for number in range(12)
    ]

    assert "Too many failed login attempts" in answers[-1].content.decode()
    assert sign_in(client) == ""
    assert not is_in(client)


def test_behind_a_proxy_each_client_has_its_own_count(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    dora()
    guesser = Client(headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.1"})
    for number in range(12):
        guesser.post("/accounts/login/", {"login": f"{number}@example.org", "password": "guess"})
    refused = guesser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})

    assert "Too many failed login attempts" in refused.content.decode()
    assert sign_in(Client(headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.2"})) == "/"


def test_the_terminals_link_lets_its_owner_in_without_any_mail(client: Client) -> None:
    owner = ensure_home_owner()
    client.get(f"/enter/{make_link_token(user=owner, now=clock.now())}/")

    assert client.get("/t/home/").status_code == 200
    assert mail.outbox == []


def test_who_signed_up_before_addresses_were_confirmed_confirms_now(client: Client) -> None:
    User.objects.create_user("old", email="old@example.org", password=PASSWORD)
    assert sign_in(client, email="old@example.org") == "/accounts/confirm-email/"

    cache.clear()
    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail("old@example.org"))})
    assert is_in(client)


def test_whoever_signed_up_with_anothers_address_has_no_way_in(client: Client) -> None:
    thief, owner = Client(), Client()
    sign_up(thief, password="the thief knows this")
    owner.post(ASK, {"email": EMAIL})
    owner.post(CODE, {"code": code_in(newest_mail())})
    assert is_in(owner)

    for address in ("/accounts/confirm-email/", "/accounts/signup/", "/accounts/login/", "/"):
        thief.get(address)
    sign_in(thief, password="the thief knows this")
    sign_in(client, password="the thief knows this")
    assert not is_in(thief)
    assert not is_in(client)
    assert "You have none yet" in owner.get("/accounts/password/set/").content.decode()


def test_whoever_confirms_by_a_code_and_knew_the_password_keeps_it(client: Client) -> None:
    sign_up(client)
    cache.clear()
    sign_in(client)
    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail())})

    assert sign_in(Client()) == "/"


def test_a_new_address_costs_nobody_their_password(client: Client) -> None:
    give_app(dora())
    client.post(ASK, {"email": EMAIL})
    client.post(CODE, {"code": code_in(newest_mail())})
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    client.post("/accounts/2fa/reauthenticate/", {"code": app_code(step=1)})
    client.post("/accounts/email/", {"email": "dora@new.example", "action_add": ""})
    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail("dora@new.example"))})

    assert sign_in(Client(), email="dora@new.example") == "/accounts/2fa/authenticate/"
