"""Every page of the site as strangers and members see it: nothing for axe to find, nothing wider than the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.axe import violations
from tests.journeys.site import Site, Visitor, open_site, open_visitor

pytestmark = [pytest.mark.journey, pytest.mark.browser]

OPEN_PAGES = ("/", "/accounts/signup/", "/accounts/login/", "/accounts/password/reset/", "/no-such-page/")
MEMBERS_PAGES = (
    "/t/home/",
    "/new/home/",
    "/t/home/watch/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/logout/",
)
LOOKS = {"light": (1440, 900, False), "dark": (1440, 900, True), "narrow": (390, 844, False)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("pages"), command="demo", driver="process") as opened:
        opened.running.wait_for_text("/enter/", 90)
        yield opened


def look_at(visitor: Visitor, path: str, look: str) -> list[str]:
    """Everything that is wrong with a page; a picture of it is kept."""
    page = visitor.page
    page.goto(visitor.site.address + path)
    if path == "/t/home/watch/":
        page.locator(".react-flow__node").first.wait_for()
        page.get_by_text("fps").first.wait_for(state="attached")
    name = path.strip("/").replace("/", "-") or "front"
    visitor.picture(f"page-{name}-{look}")
    found = [f"{path} ({look}): {violation}" for violation in violations(page)]
    too_wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"{path} ({look}): {too_wide} px wider than the window"] if too_wide > 0 else [])]


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_keeps_anybody_out(site: Site, browser: Browser, look: str) -> None:
    width, height, dark = LOOKS[look]
    found: list[str] = []
    with open_visitor(browser, site, width=width, height=height, dark=dark) as stranger:
        for path in OPEN_PAGES:
            found += look_at(stranger, path, look)
    with open_visitor(browser, site, width=width, height=height, dark=dark) as member:
        member.sign_in()
        for path in MEMBERS_PAGES:
            found += look_at(member, path, look)

    assert found == []


def test_somebody_new_gets_a_team_and_is_told_how_to_begin(site: Site, browser: Browser, tmp_path: Path) -> None:
    with open_visitor(browser, site) as visitor:
        visitor.sign_up("carol@example.com")
        visitor.picture("empty-team")

        assert visitor.page.url.endswith("/t/carol/")
        assert visitor.page.get_by_role("heading", name="Draw your first pipeline").is_visible()
        assert visitor.page.goto(f"{site.address}/t/home/").status == 404  # type: ignore[union-attr]
