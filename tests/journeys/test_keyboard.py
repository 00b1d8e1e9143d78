"""The editor with the keyboard alone: a pipeline is built, undone, run and stopped, and nothing shuts anybody out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.axe import violations
from tests.journeys.canvas import Canvas
from tests.journeys.screen import player, wait_for_pictures
from tests.journeys.site import Site, Visitor, open_site, open_visitor

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

_MOST_TABS = 60
"""Whoever presses Tab so often has been everywhere on the page."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("keyboard")) as opened:
        yield opened


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Visitor]:
    """The owner of the home team, who has no mouse."""
    with open_visitor(browser, site) as opened:
        opened.sign_in()
        yield opened


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until a place has the focus.

    Raises:
        AssertionError: it never has.
    """
    wanted.wait_for()
    for _ in range(_MOST_TABS):
        if wanted.evaluate("(place) => place === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to a place by Tab, and press a key there."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def begin_blank(visitor: Visitor, name: str) -> Canvas:
    """A new pipeline without a mouse."""
    page = visitor.page
    page.goto(f"{visitor.site.address}/new/home/")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/home/**")
    canvas = Canvas(page)
    canvas.wait_until_open()
    return canvas


def look_at(visitor: Visitor, state: str) -> list[str]:
    """What axe finds in this state of the editor, a picture of which is kept."""
    visitor.picture(f"keyboard-{state}")
    return [f"{state}: {violation}" for violation in violations(visitor.page)]


def run_and_stop(visitor: Visitor, canvas: Canvas) -> list[str]:
    """Run by its chord, see the picture, stop by the button; returns what axe finds meanwhile."""
    page = visitor.page
    page.keyboard.press("Control+Enter")
    canvas.wait_for_run("running", 60)
    wait_for_pictures(player(page, "whep_out"))
    found = look_at(visitor, "running")
    press(page, canvas.stop_button)
    canvas.wait_for_run("stopped", 60)
    return found


def test_keys_alone_build_run_and_stop_a_pipeline(visitor: Visitor) -> None:
    page = visitor.page
    canvas = begin_blank(visitor, "Keys")
    found = look_at(visitor, "empty")

    press(page, page.get_by_role("button", name="Test source A picture"))
    press(page, canvas.node("test_source"), "c")
    connect = page.get_by_role("dialog", name="Connect test_source")
    connect.wait_for()
    found += look_at(visitor, "dialog-connect")
    press(page, connect.get_by_role("button", name="New WHEP out").first)
    expect(canvas.wire("test_source.video->whep_out.video")).to_be_attached()

    page.keyboard.press("Control+z")
    expect(canvas.node("whep_out")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(canvas.wire("test_source.video->whep_out.video")).to_be_attached()
    press(page, canvas.node("whep_out"))
    page.get_by_role("heading", name="whep_out", exact=True).wait_for()
    found += look_at(visitor, "node-selected")

    found += run_and_stop(visitor, canvas)
    assert found == []


def test_the_outline_alone_builds_runs_and_stops_a_pipeline(visitor: Visitor) -> None:
    page = visitor.page
    canvas = begin_blank(visitor, "Outline")
    for word, node in (("test", "test_source"), ("whep", "whep_out")):
        page.keyboard.press("/")
        expect(page.get_by_role("combobox", name="Components")).to_be_focused()
        page.keyboard.type(word)
        page.keyboard.press("Enter")
        expect(canvas.node(node)).to_be_focused()
    page.keyboard.press("o")
    press(page, page.get_by_role("button", name="Connect test_source"))
    connect = page.get_by_role("dialog", name="Connect test_source")
    press(page, connect.get_by_role("button", name="whep_out.video"))
    expect(page.get_by_text("output video to whep_out.video")).to_be_visible()
    found = look_at(visitor, "outline")

    found += run_and_stop(visitor, canvas)

    press(page, page.get_by_role("button", name="Disconnect output video to whep_out.video"))
    expect(canvas.wire("test_source.video->whep_out.video")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(canvas.wire("test_source.video->whep_out.video")).to_be_attached()
    assert found == []


def test_no_dialog_of_the_editor_shuts_anybody_out(visitor: Visitor) -> None:
    page = visitor.page
    begin_blank(visitor, "Dialogs")
    press(page, page.get_by_role("button", name="1 problem", exact=True))
    found = look_at(visitor, "problems")
    for state, title, keys in (("text", "Pipeline as text", "Control+e"), ("cheat-sheet", "Keyboard", "?")):
        page.keyboard.press(keys)
        page.get_by_role("dialog", name=title).wait_for()
        found += look_at(visitor, f"dialog-{state}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    for state, item, title in (
        ("settings", "Name and description…", "Name and description"),
        ("archive", "Archive…", "Archive Dialogs?"),
    ):
        press(page, page.get_by_role("button", name="Menu", exact=True))
        found += look_at(visitor, "menu") if state == "settings" else []
        press(page, page.locator("#editor-menu").get_by_role("button", name=item))
        page.get_by_role("dialog", name=title).wait_for()
        found += look_at(visitor, f"dialog-{state}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert found == []
