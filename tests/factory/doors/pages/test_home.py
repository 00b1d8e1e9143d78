import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from factory.domain.accounts.models import Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role

pytestmark = pytest.mark.django_db


def test_a_stranger_reads_what_this_is_and_how_to_get_in(client: Client) -> None:
    page = client.get("/").content.decode()

    assert "Draw a live video pipeline" in page
    assert 'href="/accounts/signup/"' in page
    assert 'href="/accounts/login/"' in page


def test_someone_signed_in_is_led_to_the_pipelines_of_the_team(owner: Client, team: Team) -> None:
    assert owner.get("/")["Location"] == "/t/studio/"


def test_someone_in_no_team_makes_one(owner: Client, alice: User) -> None:
    assert "You are in no team" in owner.get("/").content.decode()

    assert owner.post("/teams/own/")["Location"] == "/t/alice/"
    assert Member.objects.get(team__slug="alice").role == Role.OWNER


def test_who_has_a_team_gets_no_other_by_asking_again(owner: Client, team: Team, alice: User) -> None:
    assert owner.post("/teams/own/")["Location"] == "/"

    assert [each.team for each in Member.objects.filter(user=alice)] == [team]


def test_the_front_door_leads_to_a_team_whose_pipelines_one_may_see(owner: Client, team: Team, alice: User) -> None:
    paid = create_team(slug="acme", name="Acme")
    set_role(team=paid, user=alice, role=Role.BILLING)

    assert owner.get("/")["Location"] == "/t/studio/"


def test_an_address_without_a_page_says_so_in_the_look_of_the_site(client: Client) -> None:
    answer = client.get("/no/such/page")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_mistake_of_ours_is_shown_without_asking_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.raise_request_exception = False
    client.cookies["theme"] = "dark"

    def fail(**_anything: object) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("factory.doors.pages.enter.use_link_token", fail)
    with django_assert_num_queries(0):
        answer = client.get("/enter/1.2.3/")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "the database is gone" not in answer.content.decode()
    assert "nonce-" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_chosen_theme_is_there_with_the_first_byte(client: Client, cookie: str, attribute: str) -> None:
    client.cookies["theme"] = cookie

    assert f'<html lang="en" {attribute}>' in client.get("/").content.decode()


def test_an_unknown_theme_is_left_to_the_system(client: Client) -> None:
    client.cookies["theme"] = '"><script>'

    assert '<html lang="en">' in client.get("/").content.decode()
