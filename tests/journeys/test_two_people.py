"""Two people in one team with one pipeline: nobody's work is lost, and nobody does more than the role allows."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys import members
from tests.journeys.axe import violations
from tests.journeys.canvas import Canvas
from tests.journeys.site import Site, Visitor, open_site, open_visitor

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

BOB = "bob@example.com"
FIRST, SECOND = "Text of the first", "Text of the second"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("people")) as opened:
        yield opened


@pytest.fixture(scope="module")
def alice(site: Site, browser: Browser) -> Iterator[Visitor]:
    """The owner of the home team."""
    with open_visitor(browser, site) as visitor:
        visitor.sign_in()
        yield visitor


@pytest.fixture(scope="module")
def bob(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Someone who has just signed up."""
    with open_visitor(browser, site) as visitor:
        visitor.sign_up(BOB)
        yield visitor


@pytest.fixture(scope="module")
def pipeline(alice: Visitor) -> str:
    """The address of a pipeline of the home team: a test picture with a caption, to be watched."""
    page = alice.page
    page.goto(f"{alice.site.address}/new/home/")
    page.get_by_role("button", name="Start from watch").click()
    page.wait_for_url("**/t/home/watch/")
    return page.url


def open_pipeline(visitor: Visitor, address: str, node: str = "") -> Canvas:
    """Someone's editor, live, with a node selected."""
    visitor.page.goto(address)
    canvas = Canvas(visitor.page)
    canvas.wait_until_open()
    if node:
        canvas.select(node)
    return canvas


@contextlib.contextmanager
def hold_saving(visitor: Visitor) -> Iterator[None]:
    """What is saved in this time reaches the site only afterwards, as on a slow line."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            held.append(route)
        else:
            route.fallback()

    visitor.page.route("**/api/v1/teams/home/pipelines/watch", hold)
    yield
    with visitor.page.expect_response(lambda response: response.request.method == "PUT" and response.status == 412):
        for route in held:
            route.continue_()
    visitor.page.unroute("**/api/v1/teams/home/pipelines/watch")


def write(canvas: Canvas, text: str) -> None:
    """Give the caption a text, and return once the site has it."""
    with canvas.page.expect_response(lambda response: response.request.method == "PUT" and response.ok):
        canvas.field("Text").fill(text)


def disagree(alice: Canvas, bob: Canvas, bobs: Visitor, *, text: str, pitch: str) -> None:
    """Bob sets the pitch while Alice's new text is saved; he is told, and opens the comparison."""
    with hold_saving(bobs):
        with bob.page.expect_request(lambda request: request.method == "PUT"):
            bob.field("Pitch").fill(pitch)
        write(alice, text)
    notice = bob.page.get_by_role("alert").filter(has_text="Nothing is lost")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Compare").click()
    expect(bob.page.get_by_role("dialog")).to_contain_text("caption: Text")
    expect(bob.page.get_by_role("dialog")).to_contain_text("camera: Pitch")


def test_a_clean_editor_shows_what_somebody_else_saves(alice: Visitor, bob: Visitor, pipeline: str) -> None:
    members.set_role(alice.site.terminal, email=BOB, role="developer")
    hers = open_pipeline(alice, pipeline, "caption")
    his = open_pipeline(bob, pipeline, "caption")

    write(hers, FIRST)

    expect(his.field("Text")).to_have_value(FIRST)
    his.page.get_by_role("button", name="Undo").and_(his.page.locator(":disabled")).wait_for()


def test_a_conflict_loses_nothing_whichever_way_it_is_settled(alice: Visitor, bob: Visitor, pipeline: str) -> None:
    members.set_role(alice.site.terminal, email=BOB, role="developer")
    hers = open_pipeline(alice, pipeline, "caption")
    write(hers, "")
    write(hers, FIRST)
    his = open_pipeline(bob, pipeline, "camera")

    disagree(hers, his, bob, text=SECOND, pitch="550")
    bob.picture("people-01-conflict")
    assert violations(his.page) == []
    his.page.get_by_role("button", name="Take theirs").click()
    expect(his.field("Pitch")).to_have_value("440")
    his.page.get_by_role("button", name="Undo").click()
    expect(his.field("Pitch")).to_have_value("550")
    his.wait_until_saved()
    expect(hers.field("Text")).to_have_value(FIRST)

    disagree(hers, his, bob, text=SECOND, pitch="660")
    his.page.get_by_role("button", name="Keep mine").click()
    his.wait_until_saved()
    expect(his.field("Pitch")).to_have_value("660")
    expect(hers.field("Text")).to_have_value(FIRST)

    disagree(hers, his, bob, text=SECOND, pitch="770")
    his.page.get_by_role("button", name="Merge both").click()
    his.wait_until_saved()
    bob.picture("people-02-merged")
    expect(his.field("Pitch")).to_have_value("770")
    expect(hers.field("Text")).to_have_value(SECOND)
    hers.select("camera")
    expect(hers.field("Pitch")).to_have_value("770")


def test_an_operator_runs_and_stops_what_only_others_may_change(alice: Visitor, bob: Visitor, pipeline: str) -> None:
    members.set_role(alice.site.terminal, email=BOB, role="operator")
    his = open_pipeline(bob, pipeline, "caption")
    expect(his.page.get_by_text("View only")).to_be_visible()
    expect(his.page.locator("#palette")).to_have_count(0)
    expect(his.field("Text")).to_be_disabled()
    his.page.keyboard.press("Delete")
    expect(his.node("caption")).to_be_visible()

    his.run_button.click()
    his.wait_for_run("running", 60)
    bob.picture("people-03-operator-runs")
    his.stop_button.click()
    his.wait_for_run("stopped", 60)


def test_a_viewer_sees_and_a_stranger_finds_nothing(alice: Visitor, bob: Visitor, pipeline: str) -> None:
    members.set_role(alice.site.terminal, email=BOB, role="viewer")
    his = open_pipeline(bob, pipeline)
    expect(his.node("caption")).to_be_visible()
    expect(his.run_button).to_have_attribute("aria-disabled", "true")
    his.run_button.press("Enter")
    expect(his.page.get_by_role("alert")).to_contain_text("Ask an admin for the role of an operator")
    bob.picture("people-04-viewer")

    members.remove(alice.site.terminal, email=BOB)
    closed = his.page.get_by_role("alert").filter(has_text="You may no longer see this pipeline")
    expect(closed).to_be_visible(timeout=5_000)
    bob.picture("people-05-removed")
    for path in (pipeline, f"{alice.site.address}/api/v1/teams/home/pipelines/watch"):
        assert bob.context.request.get(path).status == 404
