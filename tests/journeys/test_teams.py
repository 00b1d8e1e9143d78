"""An owner takes an operator in by mail, who runs pipelines and does nothing else, until the owner lets them go."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.axe import violations
from tests.journeys.canvas import Canvas
from tests.journeys.site import PICTURES, Site, Visitor, code_in, open_site, open_visitor

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

ALICE, BOB, MALLORY = "alice@example.com", "bob@example.com", "mallory@example.net"
PAYER = "penny@example.com"
PASSWORD = "correct horse battery staple"
LONG_NAME = "Night crew of the northern outside broadcast and remote production department"
LONG_ADDRESS = f"{'a.very.long.local.part.of.an.address.' * 2}x@{'subdomain.' * 6}example.com"
LOOKS = {"light": (1440, 900, False), "dark": (1440, 900, True), "narrow": (390, 844, False)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("teams")) as opened:
        yield opened


@pytest.fixture(scope="module")
def alice(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Someone new, the owner of a team with one pipeline."""
    with open_visitor(browser, site) as visitor:
        visitor.sign_up(ALICE)
        visitor.page.goto(f"{site.address}/new/alice/")
        visitor.page.get_by_role("button", name="Start from watch").click()
        visitor.page.wait_for_url("**/t/alice/watch/")
        yield visitor


@pytest.fixture(scope="module")
def bob(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Someone who has no account yet."""
    with open_visitor(browser, site) as visitor:
        yield visitor


def link_in(mail: str) -> str:
    found = re.search(r"\S+/invitations/\S+", mail)
    assert found is not None, mail
    return found[0]


def ask(visitor: Visitor, method: str, path: str, value: object = None) -> int:
    """The status of what a page of the visitor's asks the API."""
    script = """async ([method, path, value]) => {
      const token = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="))?.slice(10) ?? "";
      const headers = {"X-CSRFToken": token, "Content-Type": "application/json", "If-Match": '"1"'};
      const body = value === null ? undefined : JSON.stringify(value);
      return (await fetch(path, {method, headers, body})).status;
    }"""
    return int(visitor.page.evaluate(script, [method, path, value]))


def test_an_operator_comes_in_by_mail_runs_a_pipeline_and_does_nothing_else(
    site: Site, alice: Visitor, bob: Visitor
) -> None:
    page = alice.page
    page.goto(f"{site.address}/teams/alice/members/")
    page.get_by_label("Email").fill(BOB)
    page.get_by_role("radio", name="operator").check()
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()
    expect(page.get_by_role("heading", name="Invited")).to_be_visible()
    alice.picture("teams-01-invited")

    bob.page.goto(link_in(site.newest_mail(to=BOB)))
    bob.picture("teams-02-invitation")
    bob.page.get_by_role("link", name="Sign up").last.click()
    bob.page.locator("input[name=email]").fill(BOB)
    bob.page.locator("input[name=password1]").fill(PASSWORD)
    bob.page.get_by_role("button", name="Sign up").click()
    bob.page.get_by_label("Code").fill(code_in(site.newest_mail(to=BOB, about="code")))
    bob.page.get_by_role("button", name="Confirm").click()
    bob.page.get_by_role("button", name="Join as operator").click()
    bob.page.wait_for_url("**/t/alice/")

    bob.page.goto(f"{site.address}/t/alice/watch/")
    canvas = Canvas(bob.page)
    canvas.wait_until_open()
    expect(bob.page.locator("#palette")).to_have_count(0)
    canvas.run_button.click()
    canvas.wait_for_run("running", 60)
    bob.picture("teams-03-operator-runs")
    canvas.stop_button.click()
    canvas.wait_for_run("stopped", 60)

    pipeline = "/api/v1/teams/alice/pipelines/watch"
    refused = {
        ("PUT", pipeline): {"api_version": 1, "name": "watch", "nodes": {}},
        ("DELETE", pipeline): None,
        ("POST", "/api/v1/teams/alice/invitations"): {"email": MALLORY, "role": "owner"},
        ("PUT", "/api/v1/teams/alice/secrets/key"): {"value": "mine"},
        ("GET", "/api/v1/teams/alice/audit"): None,
        ("GET", "/api/v1/teams/alice/billing"): None,
        ("GET", "/api/v1/teams/alice/ledger"): None,
    }
    assert {ask(bob, method, path, value) for (method, path), value in refused.items()} == {403}


def test_a_stranger_finds_nothing_of_the_team_by_any_address(site: Site, browser: Browser, alice: Visitor) -> None:
    with open_visitor(browser, site) as mallory:
        mallory.sign_up(MALLORY)
        found = {}
        for path in (
            "/t/alice/",
            "/t/alice/watch/",
            "/new/alice/",
            "/teams/alice/members/",
            "/teams/alice/tokens/",
            "/teams/alice/secrets/",
            "/teams/alice/audit/",
            "/teams/alice/settings/",
            "/teams/alice/usage/",
            "/teams/alice/billing/",
            "/teams/alice/ledger/",
            "/api/v1/teams/alice",
            "/api/v1/teams/alice/pipelines",
            "/api/v1/teams/alice/pipelines/watch",
            "/api/v1/teams/alice/pipelines/watch/runs",
            "/api/v1/teams/alice/pipelines/watch/export",
            "/api/v1/teams/alice/components",
            "/api/v1/teams/alice/secrets",
            "/api/v1/teams/alice/usage",
        ):
            found[path] = ask(mallory, "GET", path)
        assert set(found.values()) == {404}, found
        mallory.page.goto(f"{site.address}/t/alice/")
        mallory.picture("teams-04-stranger")


def test_a_token_made_on_its_page_lets_a_program_in_until_it_is_revoked(site: Site, alice: Visitor) -> None:
    page = alice.page
    page.goto(f"{site.address}/teams/alice/tokens/")
    page.get_by_label("What it is for").fill("nightly job")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("#token").inner_text()
    alice.picture("teams-05-token")

    request = alice.page.context.browser.new_context().request  # type: ignore[union-attr]
    headers = {"Authorization": f"Bearer {token}"}
    assert request.get(f"{site.address}/api/v1/teams/alice", headers=headers).json()["role"] == "owner"

    page.goto(f"{site.address}/teams/alice/tokens/")
    expect(page.locator("#token")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke nightly job").click()
    expect(page.get_by_text("revoked and does nothing")).to_be_visible()
    assert request.get(f"{site.address}/api/v1/teams/alice", headers=headers).status == 401


def test_a_role_that_is_taken_away_is_gone_at_once_and_can_be_given_again(
    site: Site, alice: Visitor, bob: Visitor
) -> None:
    assert give(alice, site, "viewer") == "viewer"
    bob.page.goto(f"{site.address}/t/alice/watch/")
    canvas = Canvas(bob.page)
    canvas.wait_until_open()
    expect(canvas.run_button).to_have_attribute("aria-disabled", "true")
    assert ask(bob, "POST", "/api/v1/teams/alice/pipelines/watch/runs", {"revision": 1}) == 403
    assert give(alice, site, "operator") == "operator"
    bob.page.reload()
    canvas.wait_until_open()
    expect(canvas.run_button).not_to_have_attribute("aria-disabled", "true")


def give(alice: Visitor, site: Site, role: str) -> str:
    """The role that the page shows for bob once the owner has chosen it there."""
    alice.page.goto(f"{site.address}/teams/alice/members/")
    choice = alice.page.get_by_label(f"Role of {BOB}")
    choice.select_option(role)
    choice.locator("xpath=ancestor::form").get_by_role("button").click()
    expect(alice.page.get_by_role("status").filter(has_text=role)).to_be_visible()
    return choice.input_value()


def test_who_is_let_go_sees_their_open_page_close(site: Site, alice: Visitor, bob: Visitor) -> None:
    bob.page.goto(f"{site.address}/t/alice/watch/")
    Canvas(bob.page).wait_until_open()
    page = alice.page
    page.goto(f"{site.address}/teams/alice/members/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"Remove {BOB}").click()

    closed = bob.page.get_by_role("alert").filter(has_text="You may no longer see this pipeline")
    expect(closed).to_be_visible(timeout=5_000)
    bob.picture("teams-06-removed")

    page.goto(f"{site.address}/teams/alice/audit/")
    for action in (
        "member.invited",
        "member.joined",
        "run.started",
        "run.stopped",
        "token.made",
        "member.role_changed",
        "member.removed",
    ):
        expect(page.get_by_text(action, exact=True).first).to_be_visible()


@pytest.fixture(scope="module")
def night(site: Site, alice: Visitor) -> str:
    """A team of alice's in which everything is as long as it may be, and who only pays."""
    page = alice.page
    page.goto(f"{site.address}/teams/new/")
    page.get_by_label("Name", exact=True).fill(LONG_NAME)
    page.get_by_label("Short name").fill("night")
    page.get_by_role("button", name="Make the team").click()
    for address, role in ((LONG_ADDRESS, "developer"), (PAYER, "billing")):
        page.get_by_label("Email").fill(address)
        page.get_by_role("radio", name=role).check()
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_text(f"{address} is invited")).to_be_visible()
    page.goto(f"{site.address}/teams/night/tokens/")
    page.get_by_label("What it is for").fill("nightly-job-" * 5)
    for scope in ("run", "edit", "administer", "pay"):
        page.locator(f"input[value={scope}]").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#token")).to_be_visible()
    return "night"


@pytest.mark.parametrize("look", LOOKS)
def test_the_teams_pages_are_fit_for_everybody(site: Site, browser: Browser, night: str, look: str) -> None:
    width, height, dark = LOOKS[look]
    tabs = [f"{team}/{tab}" for team in ("alice", night) for tab in ("members", "tokens", "audit", "settings")]
    with open_visitor(browser, site, width=width, height=height, dark=dark) as visitor:
        visitor.sign_in(email=ALICE)
        for path in ("new", "alice/secrets", *tabs):
            visitor.page.goto(f"{site.address}/teams/{path}/")
            name = f"teams-{path.replace('/', '-')}-{look}.png"
            visitor.page.screenshot(path=PICTURES / name, full_page=True)
            assert violations(visitor.page) == [], path
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_who_only_pays_comes_in_by_mail_and_is_led_to_usage(site: Site, browser: Browser, night: str) -> None:
    link = link_in(site.newest_mail(to=PAYER))
    with open_visitor(browser, site) as payer:
        payer.page.goto(link)
        payer.page.get_by_role("link", name="Sign up").last.click()
        payer.page.locator("input[name=email]").fill(PAYER)
        payer.page.locator("input[name=password1]").fill(PASSWORD)
        payer.page.get_by_role("button", name="Sign up").click()
        payer.page.get_by_label("Code").fill(code_in(site.newest_mail(to=PAYER, about="code")))
        payer.page.get_by_role("button", name="Confirm").click()
        payer.page.wait_for_url(link)
        payer.page.get_by_role("button", name="Join as billing").click()
        payer.page.wait_for_url(f"**/teams/{night}/usage/")
        payer.picture("teams-07-billing")
        sections = payer.page.get_by_role("navigation", name=LONG_NAME, exact=True).get_by_role("link")
        assert sections.all_inner_texts() == ["Usage", "Team"]
        sections.last.click()
        expect(payer.page.get_by_role("heading", name="New token")).to_be_visible()
        assert violations(payer.page) == []
