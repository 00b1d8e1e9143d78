import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team, ensure_home_owner
from tests.factory.doors.pages.account_pages.newcomers import (
    EMAIL,
    PASSWORD,
    code_in,
    confirm,
    dora,
    newest_mail,
    newest_subject,
    sign_in,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/email/"


@pytest.fixture
def person(client: Client) -> User:
    """Somebody who is signed in."""
    user = dora()
    sign_in(client)
    return user


def test_the_account_opens_with_its_profile(client: Client, person: User) -> None:
    assert client.get("/accounts/", follow=True).redirect_chain == [("/accounts/profile/", 302)]


@pytest.mark.parametrize(
    ("address", "tab"),
    [
        ("/accounts/profile/", "Profile"),
        (ADDRESS, "Email"),
        ("/accounts/password/change/", "Password"),
        ("/accounts/2fa/", "Two-factor"),
        ("/accounts/2fa/webauthn/", "Two-factor"),
        ("/accounts/sessions/", "Sessions"),
        ("/accounts/teams/", "Teams"),
    ],
)
def test_each_page_marks_its_tab(client: Client, person: User, address: str, tab: str) -> None:
    page = client.get(address).content.decode()

    assert page.count('aria-current="page"') == 1
    assert f'aria-current="page">{tab}</a>' in page


def test_a_name_is_kept_and_shown(client: Client, person: User) -> None:
    client.post("/accounts/profile/", {"name": "  Dora   <b>Ríos</b> "})

    person.refresh_from_db()
    assert person.get_full_name() == "Dora <b>Ríos</b>"
    page = client.get("/accounts/profile/").content.decode()
    assert "Dora &lt;b&gt;Ríos&lt;/b&gt;" in page
    assert "<b>Ríos" not in page


def test_a_name_can_be_taken_back_but_not_be_endless(client: Client, person: User) -> None:
    assert client.post("/accounts/profile/", {"name": "x" * 101}).status_code == 422
    client.post("/accounts/profile/", {"name": "Dora"})
    client.post("/accounts/profile/", {"name": ""})

    person.refresh_from_db()
    assert person.get_full_name() == ""


def test_teams_are_listed_with_ones_role_and_no_others(client: Client, person: User, team: Team) -> None:
    create_team(slug="doras", name="Dora's own", owner=person)
    page = client.get("/accounts/teams/").content.decode()

    assert "Dora&#x27;s own" in page
    assert '<span class="badge">owner</span>' in page
    assert team.name not in page


def test_whoever_is_in_no_team_is_offered_one(client: Client, person: User) -> None:
    assert "Make my team" in client.get("/accounts/teams/").content.decode()


def test_a_new_address_counts_once_its_code_is_typed_in(client: Client, person: User) -> None:
    confirm(client)
    client.post(ADDRESS, {"email": "dora@new.example", "action_add": ""})
    person.refresh_from_db()
    assert person.email == EMAIL

    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail("dora@new.example"))})
    person.refresh_from_db()
    assert person.email == "dora@new.example"
    assert newest_subject(EMAIL) == "Your address was changed"
    assert [row.email for row in EmailAddress.objects.filter(user=person)] == ["dora@new.example"]


def test_an_address_is_not_changed_before_it_is_shown_who_asks(client: Client, person: User) -> None:
    answer = client.post(ADDRESS, {"email": "thief@evil.example", "action_add": ""})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert [message.to for message in mail.outbox] == []


def test_nobody_learns_who_has_an_account_by_taking_their_address(client: Client, person: User) -> None:
    erik = User.objects.create_user("erik", email="erik@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=erik, email=erik.email, primary=True, verified=True)
    confirm(client)
    taken = client.post(ADDRESS, {"email": erik.email, "action_add": ""})
    free = client.post(ADDRESS, {"email": "free@example.org", "action_add": ""})

    assert taken.status_code == free.status_code
    assert taken.get("Location") == free.get("Location")


def test_a_new_password_is_told_of_by_mail(client: Client, person: User) -> None:
    fields = {"oldpassword": PASSWORD, "password1": "eight loud cameras", "password2": "eight loud cameras"}
    client.post("/accounts/password/change/", fields)

    assert newest_subject() == "Your password was changed"
    assert "somebody else is in your account" in newest_mail()
    assert client.get("/accounts/profile/").status_code == 200


def test_the_owner_of_home_can_set_a_password_and_a_second_factor(client: Client) -> None:
    owner = ensure_home_owner()
    client.force_login(owner)

    assert client.get(ADDRESS).status_code == 200
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    fields = {"password1": "eight loud cameras", "password2": "eight loud cameras"}
    assert client.post("/accounts/password/set/", fields).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("eight loud cameras")


def test_the_owner_of_home_can_take_a_real_address(client: Client) -> None:
    owner = ensure_home_owner()
    client.force_login(owner)
    client.post(ADDRESS, {"email": EMAIL, "action_add": ""})
    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail())})

    owner.refresh_from_db()
    assert owner.email == EMAIL
    assert "Confirmed" in client.get(ADDRESS).content.decode()
