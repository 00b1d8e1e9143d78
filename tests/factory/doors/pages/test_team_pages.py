import csv
import html
import io
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from factory.domain.accounts.audit import record
from factory.domain.accounts.models import ApiToken, Invitation, Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.billing.services import open_wallet
from factory.doors.pages.team_pages import audit
from factory.foundation import clock

AT = "/teams/studio"


@pytest.fixture
def owner(team: Team, alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def person(name: str, team: Team | None = None, role: Role = Role.VIEWER) -> tuple[User, Client]:
    user = User.objects.create_user(name, email=f"{name}@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if team is not None:
        set_role(team=team, user=user, role=role)
    browser = Client()
    browser.force_login(user)
    return user, browser


def link_in_mail() -> str:
    found = re.search(r"/invitations/\S+/", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("page", ["members", "tokens", "audit", "settings"])
def test_every_page_of_a_team_opens_for_its_owner_and_for_no_stranger(owner: Client, page: str) -> None:
    _, stranger = person("mallory")

    assert owner.get(f"{AT}/{page}/").status_code == 200
    assert stranger.get(f"{AT}/{page}/").status_code == 404
    assert "/accounts/login/" in Client().get(f"{AT}/{page}/").headers["Location"]


def test_an_invited_person_joins_by_the_mail_and_only_with_that_address(owner: Client, team: Team) -> None:
    owner.post(f"{AT}/members/invite/", {"email": "carol@example.org", "role": "operator"})
    link = link_in_mail()
    assert "carol@example.org" in said(owner.get(f"{AT}/members/"))

    _, mallory = person("mallory")
    assert "It is for <strong>carol@example.org" in said(mallory.get(link))
    mallory.post(f"{link}accept/")
    assert not Member.objects.filter(team=team, user__username="mallory").exists()

    carol, browser = person("carol")
    assert "Join as operator" in said(browser.get(link))
    assert browser.post(f"{link}accept/", follow=True).redirect_chain[-1] == ("/t/studio/", 302)
    assert Member.objects.get(team=team, user=carol).role == Role.OPERATOR
    assert browser.get(link).status_code == 404


def test_who_is_a_member_already_is_told_that_their_role_stays(owner: Client, team: Team) -> None:
    owner.post(f"{AT}/members/invite/", {"email": "carol@example.org", "role": "admin"})
    link = link_in_mail()
    _, browser = person("carol", team, Role.OPERATOR)

    page = said(browser.get(link))
    assert "You are a member already, as <strong>operator</strong>" in page
    assert "Join as" not in page
    answer = said(browser.post(f"{link}accept/", follow=True))
    assert "stay operator" in answer
    assert "as admin" not in answer


def test_strangers_are_led_to_sign_up_and_back(owner: Client) -> None:
    owner.post(f"{AT}/members/invite/", {"email": "carol@example.org", "role": "viewer"})
    link = link_in_mail()

    page = said(Client().get(link))

    assert f'href="/accounts/signup/?next={link}"' in page
    assert f'href="/accounts/login/?next={link}"' in page


def test_an_invitation_is_declined_withdrawn_and_sent_again(owner: Client) -> None:
    form = {"email": "carol@example.org", "role": "viewer"}
    owner.post(f"{AT}/members/invite/", form)
    Client().post(f"{link_in_mail()}decline/")
    assert Invitation.objects.get().declined_at is not None

    owner.post(f"{AT}/members/invite/", form)
    first = link_in_mail()
    owner.post(f"{AT}/members/invite/", form)
    assert "withdrawn, or replaced" in said(Client().get(first))
    waiting = Invitation.objects.get(declined_at=None, withdrawn_at=None)
    owner.post(f"{AT}/invitations/{waiting.pk}/withdraw/")
    assert Client().get(link_in_mail()).status_code == 404


@pytest.mark.parametrize("form", [{"email": "carol", "role": "viewer"}, {"email": "carol@example.org", "role": "king"}])
def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(owner: Client, form: dict[str, str]) -> None:
    refused = owner.post(f"{AT}/members/invite/", form)

    assert refused.status_code == 422
    assert f'value="{form["email"]}"' in said(refused)
    assert not mail.outbox


def test_roles_are_changed_members_removed_and_owners_kept(owner: Client, team: Team, alice: User) -> None:
    bob, browser = person("bob", team, Role.ADMIN)

    browser.post(f"{AT}/members/{alice.pk}/role/", {"role": "viewer"})
    browser.post(f"{AT}/members/{alice.pk}/remove/")
    assert Member.objects.get(team=team, user=alice).role == Role.OWNER

    owner.post(f"{AT}/members/{bob.pk}/role/", {"role": "billing"})
    assert Member.objects.get(team=team, user=bob).role == Role.BILLING
    assert "last owner" in said(owner.post(f"{AT}/members/{alice.pk}/remove/", follow=True))
    owner.post(f"{AT}/members/{bob.pk}/remove/")
    assert not Member.objects.filter(user=bob).exists()


def test_everyone_may_leave_and_a_viewer_removes_nobody(owner: Client, team: Team) -> None:
    bob, browser = person("bob", team)
    carol, _ = person("carol", team)

    browser.post(f"{AT}/members/{carol.pk}/remove/")
    assert Member.objects.filter(user=carol).exists()
    assert "You have left" in said(browser.post(f"{AT}/members/{bob.pk}/remove/", follow=True))
    assert not Member.objects.filter(user=bob).exists()


def test_who_only_pays_is_led_to_usage_and_may_make_tokens_and_leave(owner: Client, team: Team) -> None:
    _, browser = person("bill", team, Role.BILLING)

    for door in ("/", f"{AT}/"):
        assert browser.get(door).headers["Location"] == f"{AT}/usage/"
    page = said(browser.get(f"{AT}/usage/"))
    assert f'href="{AT}/"' in page
    assert f'href="{AT}/tokens/"' in page
    assert "/t/studio/" not in page
    assert f"{AT}/members/" not in page
    tabs = said(browser.get(f"{AT}/tokens/"))
    assert f'href="{AT}/settings/"' in tabs
    assert "/t/studio/" not in tabs
    assert all(browser.get(f"{AT}/{tab}/").status_code == 200 for tab in ("tokens", "settings", "usage", "billing"))


def test_members_who_see_are_led_to_the_pipelines_and_strangers_nowhere(owner: Client, team: Team) -> None:
    _, stranger = person("mallory")

    assert owner.get(f"{AT}/").headers["Location"] == "/t/studio/"
    assert stranger.get(f"{AT}/").status_code == 404


def test_the_page_of_a_new_team_has_the_switcher_with_a_name(owner: Client, team: Team) -> None:
    assert "Choose a team" in said(owner.get("/teams/new/"))


def test_a_token_is_shown_once_and_revoked(owner: Client) -> None:
    made = owner.post(f"{AT}/tokens/", {"name": "nightly", "scope": ["see", "run"], "days": "30"})
    found = re.search(r"mpf_[0-9A-Za-z]{38}", said(made))
    assert found is not None
    assert "no-store" in made.headers["Cache-Control"]
    assert found[0] not in said(owner.get(f"{AT}/tokens/"))

    owner.post(f"{AT}/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert ApiToken.objects.get().revoked_at is not None


def test_a_token_without_a_scope_is_refused_with_what_was_typed(owner: Client) -> None:
    refused = owner.post(f"{AT}/tokens/", {"name": "nightly"})

    assert refused.status_code == 422
    assert "no scope" in said(refused)
    assert 'value="nightly"' in said(refused)


def test_the_audit_log_is_filtered_and_taken_along_without_formulas(owner: Client, team: Team, alice: User) -> None:
    for action, subject in (("run.started", "=1+1"), ("secret.changed", "key")):
        record(team=team, actor=alice, action=action, subject=subject, now=clock.now())

    details = {"scopes": ["see", "run"], "invited_by": ""}
    record(team=team, actor=None, action="token.made", subject="job", now=clock.now(), details=details)

    assert "secret.changed" not in said(owner.get(f"{AT}/audit/?kind=run"))
    assert "scopes: see, run; invited by: none" in said(owner.get(f"{AT}/audit/?kind=token"))
    download = owner.get(f"{AT}/audit.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(download).decode())))[1:]
    assert [(row["action"], row["subject"]) for row in rows] == [("secret.changed", "key"), ("run.started", "'=1+1")]


def numbers(response: Any) -> list[int]:
    return [event.number for event in response.context["page"].events]


def way(response: Any, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
    return html.unescape(found[1]) if found is not None else None


def test_pages_of_the_audit_log_stay_as_they_are_while_more_is_done(
    owner: Client, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "A_PAGE", 2)
    for number in range(1, 7):
        record(team=team, actor=alice, action="run.started", subject=str(number), now=clock.now())
    record(team=team, actor=None, action="secret.changed", subject="key", now=clock.now())

    at = f"{AT}/audit/"
    newest = owner.get(f"{at}?kind=run&actor={alice.pk}")
    assert (numbers(newest), way(newest, "prev")) == ([6, 5], None)
    older = owner.get(f"{at}{way(newest, 'next')}")
    record(team=team, actor=alice, action="run.started", subject="8", now=clock.now())
    assert "actor=" in str(way(newest, "next"))
    assert numbers(older) == [4, 3]
    oldest = owner.get(f"{at}{way(older, 'next')}")
    assert (numbers(oldest), way(oldest, "next")) == ([2, 1], None)
    assert numbers(owner.get(f"{at}{way(oldest, 'prev')}")) == [4, 3]
    assert numbers(owner.get(f"{at}{way(older, 'prev')}")) == [6, 5]
    assert numbers(owner.get(f"{at}?kind=run&after=5")) == [8, 6]
    assert numbers(owner.get(f"{at}?before=x&after=99999999999999999999")) == [8, 7]


def test_the_audit_log_tells_what_one_person_did_or_the_house(owner: Client, team: Team, alice: User) -> None:
    bob, _ = person("bob", team)
    for actor in (alice, bob, None):
        record(team=team, actor=actor, action="run.started", subject="it", now=clock.now())
    User.objects.filter(pk=bob.pk).update(first_name="Bob Stone")
    record(team=team, actor=User.objects.get(pk=bob.pk), action="run.stopped", subject="it", now=clock.now())
    Member.objects.filter(user=bob).delete()

    assert numbers(owner.get(f"{AT}/audit/?actor={bob.pk}")) == [4, 2]
    page = owner.get(f"{AT}/audit/?actor=0")
    assert numbers(page) == [3]
    assert '<option value="0" selected>the factory</option>' in said(page)
    assert f'<option value="{bob.pk}">Bob Stone</option>' in said(page)
    download = b"".join(owner.get(f"{AT}/audit.csv?actor={bob.pk}&kind=run")).decode()
    assert [row["number"] for row in csv.DictReader(io.StringIO(download))] == ["4", "2"]
    assert f'audit.csv?actor={bob.pk}"' in said(owner.get(f"{AT}/audit/?actor={bob.pk}&before=9"))
    assert "Nothing of this kind" in said(owner.get(f"{AT}/audit/?kind=secret"))


def test_a_team_is_renamed_by_its_owner_alone(owner: Client, team: Team) -> None:
    _, browser = person("bob", team, Role.ADMIN)
    browser.post(f"{AT}/settings/", {"name": "Bobs"})
    owner.post(f"{AT}/settings/", {"name": "Our place"})

    team.refresh_from_db()
    assert team.name == "Our place"
    assert owner.post(f"{AT}/settings/", {"name": " "}).status_code == 422


def test_a_team_is_archived_only_with_its_name_typed(owner: Client, team: Team) -> None:
    owner.post(f"{AT}/archive/", {"typed": "studios"})
    assert owner.get("/t/studio/").status_code == 200

    owner.post(f"{AT}/archive/", {"typed": "studio"})
    assert owner.get("/t/studio/").status_code == 404


def test_who_had_credit_to_try_is_told_before_they_make_another_team(alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    assert "grants it credit" not in said(browser.get("/teams/new/"))

    open_wallet(team=create_team(slug="first", name="First", owner=alice), now=clock.now())

    assert "grants it credit" in said(browser.get("/teams/new/"))


def test_a_team_is_made_on_its_page(owner: Client) -> None:
    made = owner.post("/teams/new/", {"name": "Night crew", "slug": ""})

    assert made.headers["Location"] == "/teams/night-crew/members/"
    refused = owner.post("/teams/new/", {"name": "Night crew", "slug": ""})
    assert refused.status_code == 422
    assert "exists already" in said(refused)
