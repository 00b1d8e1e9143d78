from typing import Any

import pytest
from django.core import mail
from django.test import Client

from factory.domain.accounts.models import ApiToken, Invitation, Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from tests.factory.doors.api.browsers import HELLO, TEAM, send, sign_in


@pytest.fixture
def owner(team: Team, alice: User) -> Client:
    return sign_in(alice)


@pytest.fixture
def bob(team: Team) -> User:
    user = User.objects.create_user("bob", email="bob@example.org")
    set_role(team=team, user=user, role=Role.OPERATOR)
    return user


def make_token(browser: Client, *scopes: str) -> Any:
    return send(browser, "POST", f"{TEAM}/tokens", {"name": "job", "scopes": list(scopes)})


def as_program(token: str, method: str, address: str, value: Any = None) -> Any:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return send(browser, method, address, value, headers={"Authorization": f"Bearer {token}"})


def test_everyone_sees_who_they_are_and_what_they_may(owner: Client, bob: User) -> None:
    me = send(owner, "GET", "/api/v1/me").json()
    assert (me["email"], me["token"], [team["slug"] for team in me["teams"]]) == ("alice@example.org", None, ["studio"])

    team = send(sign_in(bob), "GET", TEAM).json()
    assert team["role"] == "operator"
    assert team["may"] == {"see": True, "run": True, "edit": False, "administer": False, "pay": False, "own": False}


def test_a_team_is_made_renamed_and_archived(owner: Client, alice: User) -> None:
    made = send(owner, "POST", "/api/v1/teams", {"name": "Night crew"})
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/teams/night-crew")
    assert send(owner, "POST", "/api/v1/teams", {"name": "Night crew"}).status_code == 409

    address = "/api/v1/teams/night-crew"
    assert send(owner, "PATCH", address, {"name": "Day crew"}).json()["name"] == "Day crew"
    assert send(owner, "DELETE", address).status_code == 204
    assert send(owner, "GET", address).status_code == 404
    assert Team.objects.get(slug="night-crew").archived_at is not None


def test_a_team_that_runs_something_is_not_archived(owner: Client, run: Run) -> None:
    refused = send(owner, "DELETE", TEAM)

    assert (refused.status_code, refused.json()["code"]) == (409, "accounts:user:runs")


def test_someone_is_invited_by_mail_alone_and_the_invitation_withdrawn(owner: Client) -> None:
    made = send(owner, "POST", f"{TEAM}/invitations", {"email": "carol@example.org", "role": "viewer"})
    assert made.status_code == 201
    [link] = [word for word in mail.outbox[0].body.split() if "/invitations/" in word]
    assert link.rstrip("/").rpartition("/")[2] not in made.content.decode()

    listed = send(owner, "GET", f"{TEAM}/invitations").json()["items"]
    assert [each["email"] for each in listed] == ["carol@example.org"]
    assert send(owner, "DELETE", f"{TEAM}/invitations/{made.json()['id']}").status_code == 204
    assert Invitation.objects.get().withdrawn_at is not None
    assert send(owner, "DELETE", f"{TEAM}/invitations/{made.json()['id']}").status_code == 404


def test_roles_are_changed_members_removed_and_the_last_owner_stays(owner: Client, alice: User, bob: User) -> None:
    changed = send(owner, "PATCH", f"{TEAM}/members/{bob.pk}", {"role": "developer"})
    assert changed.json()["role"] == "developer"
    refused = send(owner, "DELETE", f"{TEAM}/members/{alice.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "accounts:user:last-owner")

    assert send(sign_in(bob), "DELETE", f"{TEAM}/members/{bob.pk}").status_code == 204
    assert [member["email"] for member in send(owner, "GET", f"{TEAM}/members").json()["items"]] == [alice.email]


def test_an_operator_changes_nobody(team: Team, alice: User, bob: User) -> None:
    browser = sign_in(bob)

    assert send(browser, "PATCH", f"{TEAM}/members/{alice.pk}", {"role": "viewer"}).status_code == 403
    assert send(browser, "DELETE", f"{TEAM}/members/{alice.pk}").status_code == 403
    assert send(browser, "POST", f"{TEAM}/invitations", {"email": "x@example.org", "role": "viewer"}).status_code == 403
    assert send(browser, "GET", f"{TEAM}/audit").status_code == 403
    assert Member.objects.get(user=alice).role == Role.OWNER


def test_an_admin_makes_no_owner(owner: Client, team: Team, bob: User) -> None:
    set_role(team=team, user=bob, role=Role.ADMIN)

    refused = send(sign_in(bob), "PATCH", f"{TEAM}/members/{bob.pk}", {"role": "owner"})

    assert (refused.status_code, refused.json()["code"]) == (403, "accounts:user:owners-alone")


def test_a_token_is_told_once_and_lets_a_program_in_without_cookie_and_csrf(owner: Client, pipeline: Pipeline) -> None:
    made = make_token(owner, "see", "run")
    token = made.json()["token"]
    assert made.status_code == 201
    assert token not in send(owner, "GET", f"{TEAM}/tokens").content.decode()

    assert as_program(token, "GET", HELLO).status_code == 200
    started = as_program(token, "POST", f"{HELLO}/runs", {"revision": pipeline.revision})
    assert started.status_code == 201
    refused = as_program(token, "DELETE", HELLO)
    assert (refused.status_code, refused.json()["code"]) == (403, "api:user:scope")
    assert ApiToken.objects.get().last_used_at is not None


def test_a_token_makes_neither_tokens_nor_members_nor_teams(owner: Client, bob: User) -> None:
    token = make_token(owner, "see", "run", "edit", "administer", "pay").json()["token"]

    for method, address, value in (
        ("POST", f"{TEAM}/tokens", {"name": "more", "scopes": ["see"]}),
        ("GET", f"{TEAM}/tokens", None),
        ("POST", f"{TEAM}/invitations", {"email": "x@example.org", "role": "owner"}),
        ("PATCH", f"{TEAM}/members/{bob.pk}", {"role": "owner"}),
        ("DELETE", f"{TEAM}/members/{bob.pk}", None),
        ("POST", "/api/v1/teams", {"name": "Mine"}),
        ("DELETE", TEAM, None),
    ):
        refused = as_program(token, method, address, value)
        assert (refused.status_code, refused.json()["code"]) == (403, "api:user:people-alone"), address


def test_a_token_of_another_team_and_a_wrong_one_open_nothing(owner: Client, alice: User) -> None:
    create_team(slug="other", name="Other", owner=alice)
    token = make_token(owner, "see").json()["token"]

    assert as_program(token, "GET", "/api/v1/teams/other").status_code == 404
    assert [team["slug"] for team in as_program(token, "GET", "/api/v1/teams").json()["items"]] == ["studio"]
    wrong = as_program("mpf_wrong", "GET", TEAM)
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_the_audit_log_is_narrowed_to_a_kind_and_to_who_did_it(owner: Client, alice: User, bob: User) -> None:
    make_token(owner, "see")
    make_token(sign_in(bob), "see")
    send(owner, "PATCH", TEAM, {"name": "Our place"})

    def told(query: str) -> list[tuple[str, int]]:
        items = send(owner, "GET", f"{TEAM}/audit?{query}").json()["items"]
        return [(item["action"], item["actor_id"]) for item in items]

    assert told("action=token") == [("token.made", bob.pk), ("token.made", alice.pk)]
    assert told(f"actor={bob.pk}") == [("token.made", bob.pk)]
    assert told(f"actor={alice.pk}&action=team.renamed") == [("team.renamed", alice.pk)]
    assert told("actor=0") == []


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", f"{TEAM}/audit?action=%00", 422),
        ("GET", "/api/v1/marketplace/components?team=%00", 404),
        ("GET", "/api/v1/installations/a%00", 404),
        ("POST", "/api/v1/marketplace/components/a%00@1.0.0/yank?team=studio", 404),
    ],
)
def test_an_address_that_no_column_can_hold_is_no_mistake_of_ours(
    owner: Client, method: str, address: str, status: int
) -> None:
    assert send(owner, method, address, {"note": "old"} if method == "POST" else None).status_code == status
    made = send(owner, "POST", "/api/v1/installations", {"file_name": "a.zip", "size": 9, "team": "stu\0dio"})
    assert made.status_code == 404


def test_a_token_of_an_archived_team_opens_nothing_at_all(owner: Client) -> None:
    token = make_token(owner, "see").json()["token"]
    assert send(owner, "DELETE", TEAM).status_code == 204

    for address in ("/api/v1/me", "/api/v1/components", TEAM):
        assert as_program(token, "GET", address).status_code == 401


def test_a_revoked_token_and_one_whose_person_has_gone_open_nothing(owner: Client, bob: User, alice: User) -> None:
    made = make_token(owner, "see").json()
    assert send(owner, "DELETE", f"{TEAM}/tokens/{made['id']}").status_code == 204
    assert as_program(made["token"], "GET", TEAM).status_code == 401

    of_bob = make_token(sign_in(bob), "see").json()["token"]
    send(owner, "DELETE", f"{TEAM}/members/{bob.pk}")
    assert as_program(of_bob, "GET", TEAM).status_code == 401


def test_no_token_is_for_more_than_its_person_may(owner: Client, bob: User) -> None:
    refused = make_token(sign_in(bob), "see", "edit")

    assert (refused.status_code, refused.json()["code"]) == (422, "accounts:user:token-refused")


def test_what_was_done_is_listed_in_pages_the_newest_first(owner: Client, bob: User) -> None:
    for _ in range(3):
        make_token(owner, "see")
    send(owner, "PATCH", f"{TEAM}/members/{bob.pk}", {"role": "viewer"})

    first = send(owner, "GET", f"{TEAM}/audit?limit=2").json()
    rest = send(owner, "GET", f"{TEAM}/audit?limit=2&cursor={first['next']}").json()
    told = [event["action"] for event in first["items"] + rest["items"]]
    assert told == ["member.role_changed", "token.made", "token.made", "token.made"]
    assert [event["action"] for event in send(owner, "GET", f"{TEAM}/audit?action=member").json()["items"]] == told[:1]


def test_strangers_find_nothing(owner: Client, stranger: Client) -> None:
    for address in ("", "/members", "/invitations", "/tokens", "/audit"):
        assert send(stranger, "GET", f"{TEAM}{address}").status_code == 404, address
