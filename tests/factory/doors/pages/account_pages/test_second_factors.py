import base64
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from factory.domain.accounts.models import User
from tests.factory.doors.pages.account_pages.newcomers import (
    EMAIL,
    app_code,
    code_in,
    confirm,
    dora,
    give_app,
    is_in,
    newest_mail,
    newest_subject,
    sign_in,
)

pytestmark = pytest.mark.django_db
SECOND_STEP = "/accounts/2fa/authenticate/"
ACTIVATE = "/accounts/2fa/totp/activate/"
CODES = "/accounts/2fa/recovery-codes/"


@pytest.fixture
def person(client: Client) -> User:
    """Somebody who is signed in and has just shown again that it is they."""
    user = dora()
    sign_in(client)
    confirm(client)
    return user


def set_app_up(browser: Client) -> str:
    """As the page has it; returns the app's key."""
    page = browser.get(ACTIVATE).content.decode()
    key = re.search(r'id="totp-key">([A-Z2-7]+)<', page)
    assert key is not None
    assert browser.post(ACTIVATE, {"code": app_code(key[1])})["Location"] == CODES
    return key[1]


def codes_on(page: str) -> list[str]:
    found = re.search(r'<pre [^>]*id="recovery-codes"[^>]*>([\d\s]+)</pre>', page)
    assert found is not None
    return found[1].split()


def test_nothing_changes_before_it_is_shown_again_who_asks(client: Client) -> None:
    dora()
    sign_in(client)

    for address in (ACTIVATE, "/accounts/2fa/webauthn/add/", f"{CODES}generate/"):
        assert client.get(address)["Location"].startswith(("/accounts/reauthenticate/", "/accounts/2fa/"))
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong wrong"})
    assert wrong.status_code == 200
    assert client.get(ACTIVATE).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_with_a_picture_and_told_of_by_mail(client: Client, person: User) -> None:
    page = client.get(ACTIVATE).content.decode()
    picture = re.search(r'class="qr" src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert picture is not None
    assert base64.b64decode(picture[1]).startswith(b"<?xml")

    set_app_up(client)
    assert newest_subject() == "An authenticator app was set up"
    assert "/accounts/sessions/" in newest_mail()


def test_neither_the_apps_key_nor_the_codes_lie_open_in_the_database(client: Client, person: User) -> None:
    key = set_app_up(client)
    app, codes = Authenticator.objects.order_by("type").reverse()

    assert (app.type, codes.type) == ("totp", "recovery_codes")
    assert key not in str(app.data)
    assert re.fullmatch(r"gAAAA[\w=-]{80,}", codes.data["seed"])


def test_the_first_app_brings_recovery_codes_to_keep(client: Client, person: User) -> None:
    set_app_up(client)
    codes = codes_on(client.get(CODES).content.decode())
    file = client.get(f"{CODES}download/")

    assert len(set(codes)) == 10
    assert file["Content-Disposition"].startswith("attachment")
    assert all(code in file.content.decode() for code in codes)


def test_with_an_app_the_password_alone_lets_nobody_in(client: Client) -> None:
    give_app(dora())
    assert sign_in(client) == SECOND_STEP
    assert not is_in(client)
    assert client.get("/accounts/profile/").status_code == 302

    wrong = client.post(SECOND_STEP, {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    client.post(SECOND_STEP, {"code": app_code()})
    assert is_in(client)


def test_a_code_by_mail_does_not_get_around_the_app(client: Client) -> None:
    give_app(dora())
    client.post("/accounts/login/code/", {"email": EMAIL})
    answer = client.post("/accounts/login/code/confirm/", {"code": code_in(newest_mail())})

    assert answer["Location"] == SECOND_STEP
    assert not is_in(client)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_an_app_may_be_a_step_early_or_late(client: Client, step: int) -> None:
    give_app(dora())
    sign_in(client)
    client.post(SECOND_STEP, {"code": app_code(step=step)})

    assert is_in(client)


def test_a_code_of_the_app_works_once_for_as_long_as_it_would_be_right(client: Client) -> None:
    user = dora()
    give_app(user)
    code = app_code(step=1)
    sign_in(client)
    client.post(SECOND_STEP, {"code": code})
    # The library forgets a code after its own period, and ours is right for two more.
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    thief = Client()
    sign_in(thief)
    thief.post(SECOND_STEP, {"code": f"{code[:3]} {code[3:]}"})

    assert is_in(client)
    assert not is_in(thief)


def test_whoever_guesses_codes_is_stopped(client: Client) -> None:
    give_app(dora())
    sign_in(client)
    for number in range(5):
        client.post(SECOND_STEP, {"code": f"{number:06d}"})
    answer = client.post(SECOND_STEP, {"code": app_code()})

    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_in(client)


def test_a_recovery_code_lets_in_once(client: Client, person: User) -> None:
    set_app_up(client)
    code = codes_on(client.get(CODES).content.decode())[3]
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser)
        browser.post(SECOND_STEP, {"code": code})

    assert is_in(first)
    assert not is_in(second)
    assert "9 left" in first.get("/accounts/2fa/").content.decode()


def test_new_recovery_codes_replace_the_old(client: Client, person: User) -> None:
    set_app_up(client)
    old = codes_on(client.get(CODES).content.decode())
    client.post(f"{CODES}generate/")
    new = codes_on(client.get(CODES).content.decode())

    assert not set(old) & set(new)


def test_without_its_last_factor_an_account_has_no_recovery_codes(client: Client, person: User) -> None:
    set_app_up(client)
    client.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert newest_subject() == "Your authenticator app was removed"
    assert sign_in(Client()) == "/"


def test_a_stranger_to_the_account_sees_and_removes_no_passkey_of_it(client: Client, person: User) -> None:
    other = User.objects.create_user("erik", email="erik@example.org")
    data = {"name": "Erik's key", "credential": {}}
    key = Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data=data)

    assert client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code == 404
    assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize("credential", ["", "{}", "not json", '{"id": 1, "response": {}, "rawId": "AA"}'])
def test_nonsense_instead_of_a_passkey_lets_nobody_in(client: Client, credential: str) -> None:
    client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})

    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)
    page = client.get("/accounts/login/").content.decode()
    assert 'role="status"' in page
    assert "code" not in page[page.index('role="status"') : page.index("<h1")].lower()


def test_a_passkey_that_cannot_be_taken_is_said_so(client: Client, person: User) -> None:
    client.get("/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"name": "key", "credential": '{"id": "AA", "rawId": "AA"}'})

    assert "The key could not be taken" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_a_passkey_is_asked_for_with_a_new_challenge_each_time(client: Client) -> None:
    address = "/accounts/2fa/webauthn/login/"
    asked = [client.get(address, headers={"Accept": "application/json"}).json() for _ in range(2)]
    options = [each["request_options"]["publicKey"] for each in asked]

    assert options[0]["challenge"] != options[1]["challenge"]
    assert options[0]["userVerification"] == "required"
