"""Listings for programs: found by words, with everything; and a team's own stay its own by every address."""

import datetime

import pytest
from django.test import Client

from components.contract.manifest import read_manifest
from factory.domain.accounts.api_tokens import SCOPES, make_api_token
from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import install_release
from factory.domain.catalogue.statuses import ReleaseSource
from factory.domain.pipelines.models import Pipeline
from tests.drivers.saved_images import ICON, MANIFEST, README
from tests.factory.doors.api.browsers import TEAM, send, sign_in
from tests.factory.doors.api.conftest import member

LISTINGS = "/api/v1/marketplace/components"


@pytest.fixture
def own(team: Team, now: datetime.datetime) -> ComponentRelease:
    return release(team, now)


@pytest.fixture
def everybodys(team: Team, now: datetime.datetime) -> ComponentRelease:
    return release(None, now)


@pytest.fixture
def staff(alice: User, team: Team) -> Client:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    return sign_in(alice)


def come_by_token(user: User, team: Team, now: datetime.datetime) -> Client:
    membership = membership_of(user=user, slug=team.slug)
    assert membership is not None
    _, text = make_api_token(membership=membership, name="job", scopes=SCOPES, now=now)
    return Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)


def release(team: Team | None, now: datetime.datetime) -> ComponentRelease:
    return install_release(
        manifest=read_manifest(MANIFEST),
        digest="sha256:aaa",
        readme=README,
        icon=ICON,
        source=ReleaseSource.ARCHIVE,
        team=team,
        by=None,
        now=now,
    )


def test_listings_come_in_pages_the_best_first(viewer: Client) -> None:
    first = viewer.get(f"{LISTINGS}?limit=2").json()
    second = viewer.get(f"{LISTINGS}?limit=2&cursor={first['next']}").json()
    found = viewer.get(f"{LISTINGS}?q=caption").json()

    assert [len(first["items"]), len(second["items"])] == [2, 2]
    assert {each["name"] for each in first["items"]} & {each["name"] for each in second["items"]} == set()
    assert [each["ref"] for each in found["items"]] == ["overlay@1.0.0"]
    assert found["items"][0]["price"]["words"].endswith("an hour")


@pytest.mark.parametrize("query", ["cursor=nonsense", "category=magic", "kind=magic", "limit=0"])
def test_what_is_asked_wrongly_is_refused(viewer: Client, query: str) -> None:
    assert viewer.get(f"{LISTINGS}?{query}").status_code == 422


def test_a_listing_has_everything_that_its_page_shows(viewer: Client, pipeline: Pipeline) -> None:
    shown = viewer.get(f"{LISTINGS}/overlay").json()

    assert (shown["title"], shown["category"], shown["license"]) == ("Overlay", "picture", "Apache-2.0")
    assert [each["version"] for each in shown["versions"]] == ["1.0.0"]
    assert [use["pipeline"] for use in shown["used_by"]] == [pipeline.slug]
    assert any("no network" in each["words"] for each in shown["permissions"])
    assert shown["readme"].startswith("# ")


def test_a_teams_own_is_found_by_the_team_alone(viewer: Client, stranger: Client, own: ComponentRelease) -> None:
    addresses = (
        f"{LISTINGS}/mirror?team=studio",
        f"{TEAM}/components",
        f"{TEAM}/components/mirror@1.0.0/icon",
        f"{LISTINGS}?team=studio&q=mirror",
    )

    assert [viewer.get(address).status_code for address in addresses] == [200, 200, 200, 200]
    assert [stranger.get(address).status_code for address in addresses] == [404, 404, 404, 404]
    for browser in (viewer, stranger):
        assert browser.get(f"{LISTINGS}/mirror").status_code == 404
        assert browser.get("/api/v1/components/mirror@1.0.0/icon").status_code == 404
        assert browser.get(f"{LISTINGS}?q=mirror").json()["items"] == []
        assert "mirror@1.0.0" not in [each["ref"] for each in browser.get("/api/v1/components").json()]


def test_the_teams_components_are_everybodys_and_its_own(viewer: Client, own: ComponentRelease) -> None:
    known = {each["ref"]: each for each in viewer.get(f"{TEAM}/components").json()}

    assert {"overlay@1.0.0", "mirror@1.0.0"} <= set(known)
    mirror = known["mirror@1.0.0"]
    assert (mirror["status"], mirror["status_note"]) == ("available", "")
    assert viewer.get(mirror["icon"]).content == ICON.encode()
    assert known["overlay@1.0.0"]["icon"] == "/api/v1/components/overlay@1.0.0/icon"


def test_a_pipeline_of_the_team_may_have_its_own_component(developer: Client, own: ComponentRelease) -> None:
    text = "api_version: 1\nname: own\nnodes:\n  one: {component: mirror@1.0.0}\n"

    def ask(query: str) -> list[str]:
        answer = developer.generic("POST", f"/api/v1/documents/parse{query}", text, "application/yaml")
        return [each["code"] for each in answer.json()["problems"]]

    assert "unknown_component" in ask("")
    assert "unknown_component" not in ask("?team=studio")


def test_an_operator_deprecates_and_restores_for_everybody(
    staff: Client, viewer: Client, everybodys: ComponentRelease
) -> None:
    address = f"{LISTINGS}/mirror@1.0.0"

    said = send(staff, "POST", f"{address}/deprecate", {"note": "Use overlay."})
    assert (said.status_code, said.json()["status"]) == (200, "deprecated")
    [shown] = viewer.get(f"{LISTINGS}?q=mirror").json()["items"]
    assert (shown["status"], shown["status_note"]) == ("deprecated", "Use overlay.")

    assert send(staff, "POST", f"{address}/yank", {"note": "It leaks."}).json()["status"] == "yanked"
    assert viewer.get(f"{LISTINGS}?q=mirror").json()["items"] == []
    assert send(staff, "POST", f"{address}/restore").json()["status"] == "available"


def test_nobody_else_says_what_is_still_good(
    developer: Client, stranger: Client, team: Team, own: ComponentRelease
) -> None:
    address, note = f"{LISTINGS}/mirror@1.0.0/yank", {"note": "It leaks."}
    admin = member(team, Role.ADMIN)

    assert send(developer, "POST", f"{address}?team=studio", note).status_code == 403
    assert send(stranger, "POST", f"{address}?team=studio", note).status_code == 404
    assert send(admin, "POST", address, note).status_code == 403
    assert send(admin, "POST", f"{address}?team=studio", {"note": " "}).status_code == 422
    assert send(admin, "POST", f"{address}?team=studio", note).status_code == 200


def test_what_lies_in_the_folder_has_no_status_to_change(staff: Client) -> None:
    assert send(staff, "POST", f"{LISTINGS}/overlay@1.0.0/yank", {"note": "No."}).status_code == 404


def test_a_token_acts_for_its_team_and_tells_of_no_other(
    alice: User, team: Team, pipeline: Pipeline, own: ComponentRelease, now: datetime.datetime
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    program = come_by_token(alice, team, now)

    assert program.get(f"{TEAM}/components").status_code == 200
    assert [use["pipeline"] for use in program.get(f"{LISTINGS}/overlay?team=studio").json()["used_by"]] == ["hello"]
    assert program.get(f"{LISTINGS}/overlay").json()["used_by"] == []
    assert program.get("/api/v1/installations?team=studio").status_code == 200
    assert program.get("/api/v1/installations").status_code == 403
    note = {"note": "It leaks."}
    assert send(program, "POST", f"{LISTINGS}/mirror@1.0.0/yank", note).status_code == 403
    assert send(program, "POST", f"{LISTINGS}/mirror@1.0.0/yank?team=studio", note).status_code == 200
    event = AuditEvent.objects.get(team=team, action="component.yanked")
    assert (event.actor, event.subject, event.token_prefix != "") == (alice, "mirror@1.0.0", True)
