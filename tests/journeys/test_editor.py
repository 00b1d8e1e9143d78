"""One person from the sign-up to the recording: draw, be refused, mend, run, publish, watch, break, stop, download."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys import recording
from tests.journeys.canvas import Canvas
from tests.journeys.containers import kill_container
from tests.journeys.screen import changed_pixels, look_at_corner, player, wait_for_pictures, white_width
from tests.journeys.site import Site, Visitor, open_site, open_visitor
from tests.journeys.terminal import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

PERSON = "dana@example.com"
DIGIT_PIXELS = 40
"""So many at least change where a digit of the clock becomes another one."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("editor")) as opened:
        yield opened


def test_somebody_new_draws_a_pipeline_runs_it_and_takes_the_recording_home(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with open_visitor(browser, site) as visitor:
        canvas = begin_blank(visitor)
        drag_three_components(visitor, canvas)
        be_refused_and_connect_rightly(visitor, canvas)
        mend_a_wrong_parameter(visitor, canvas)
        run_and_publish(visitor, canvas)
        watch_the_clock_move(visitor, canvas)
        change_the_caption(visitor, canvas)
        look_elsewhere(browser, site, visitor.page.url)
        kill_the_caption(visitor, canvas, site)
        read_the_log(visitor, canvas)
        stop_and_download(visitor, canvas, tmp_path)


def begin_blank(visitor: Visitor) -> Canvas:
    """Sign up, see what an empty team says, and begin with nothing."""
    visitor.sign_up(PERSON)
    page = visitor.page
    expect(page.get_by_role("heading", name="Draw your first pipeline")).to_be_visible()
    visitor.picture("editor-01-empty-team")
    page.get_by_label("Name", exact=True).fill("Studio")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/t/dana/studio/")
    canvas = Canvas(page)
    canvas.wait_until_open()
    expect(page.get_by_role("heading", name="Begin with where media comes from")).to_be_visible()
    visitor.picture("editor-02-empty-canvas")
    return canvas


def drag_three_components(visitor: Visitor, canvas: Canvas) -> None:
    """Camera, caption and player, from the palette to the canvas, and a name for one of them."""
    canvas.drag_component("WHIP in", 0.18, 0.3)
    canvas.drag_component("Overlay", 0.5, 0.2)
    canvas.drag_component("WHEP out", 0.82, 0.4)
    for name in ("whip_in", "overlay", "whep_out"):
        expect(canvas.node(name)).to_be_visible()
    canvas.wait_until_saved()
    visitor.picture("editor-03-three-components")


def be_refused_and_connect_rightly(visitor: Visitor, canvas: Canvas) -> None:
    """Sound does not go into a picture's port, and the page says so before and after letting go."""
    canvas.carry_wire(canvas.output("whip_in.audio"), canvas.input("overlay.video"))
    expect(canvas.hint).to_contain_text("whip_in.audio carries audio and overlay.video takes video")
    visitor.picture("editor-04-refused")
    canvas.page.mouse.up()
    expect(canvas.toast).to_contain_text("connect it to an audio input")
    expect(canvas.page.locator(".react-flow__edge")).to_have_count(0)

    canvas.draw_wire(canvas.output("whip_in.video"), canvas.input("overlay.video"))
    canvas.draw_wire(canvas.output("overlay.video"), canvas.input("whep_out.video"))
    canvas.draw_wire(canvas.output("whip_in.audio"), canvas.input("whep_out.audio"))
    canvas.pull_wire_to(canvas.output("overlay.video"), 0.75, 0.75)
    picker = canvas.page.get_by_role("dialog", name="What takes overlay.video?")
    visitor.picture("editor-05-what-fits")
    picker.get_by_role("option", name="Recorder").click()
    wires = ("whip_in.video->overlay.video", "overlay.video->whep_out.video", "whip_in.audio->whep_out.audio")
    for wire in (*wires, "overlay.video->recorder.video"):
        expect(canvas.wire(wire)).to_be_attached()
    canvas.wait_until_saved()
    visitor.picture("editor-06-connected")


def mend_a_wrong_parameter(visitor: Visitor, canvas: Canvas) -> None:
    """It is said at the field and in the list, the list leads there, and Run tells why it does not."""
    canvas.select("overlay")
    canvas.field("Text").fill("On air")
    canvas.field("Clock").select_option("elapsed")
    canvas.field("Font size").fill("2")
    wrong = canvas.parameter("font_size").locator(".field-problem")
    expect(wrong).to_contain_text("8")
    canvas.wait_until_saved()
    canvas.page.locator(".react-flow__pane").click(position={"x": 20, "y": 20})
    canvas.page.get_by_role("button", name="1 problem", exact=True).click()
    expect(canvas.run_button).to_have_attribute("aria-disabled", "true")
    canvas.run_button.press("Enter")
    expect(canvas.page.locator(".run-notice")).to_contain_text("1 problem has to be solved first")
    visitor.picture("editor-07-wrong-parameter")

    canvas.page.locator(".problem-list button").click()
    field = canvas.field("Font size")
    expect(field).to_be_focused()
    visitor.picture("editor-08-led-to-the-field")
    field.fill("36")
    expect(canvas.page.get_by_text("Nothing is wrong. The pipeline can run.")).to_be_visible()
    canvas.wait_until_saved()


def run_and_publish(visitor: Visitor, canvas: Canvas) -> None:
    """Run, and send the camera from this page."""
    page = canvas.page
    canvas.run_button.click()
    canvas.wait_for_run("running", 60)
    visitor.picture("editor-09-running-without-media")
    page.get_by_role("button", name="Publish whip_in").click()
    panel = page.get_by_role("region", name="Publish to whip_in")
    panel.get_by_role("button", name="Publish", exact=True).click()
    expect(panel.get_by_text("Publishing", exact=True)).to_be_visible()
    visitor.picture("editor-10-publishing")


def watch_the_clock_move(visitor: Visitor, canvas: Canvas) -> None:
    """The picture plays by itself in the same page, and the overlay's clock goes on in it."""
    video = player(canvas.page, "whep_out")
    wait_for_pictures(video, 10, 40)
    before = look_at_corner(video)
    assert white_width(before) > 0, "no caption"
    wait_for(lambda: changed_pixels(before, look_at_corner(video)) > DIGIT_PIXELS, "the clock goes on", 20)
    canvas.page.get_by_role("button", name="Publish whip_in").click()
    expect(canvas.page.locator(".wire-status").filter(has_text="fps").first).to_be_visible()
    visitor.picture("editor-11-watching")


def change_the_caption(visitor: Visitor, canvas: Canvas) -> None:
    """What is typed is in the picture a moment later, and the page says that it is."""
    video = player(canvas.page, "whep_out")
    before = white_width(look_at_corner(video))
    canvas.select("overlay")
    canvas.field("Text").fill("On air, live from\nthe kitchen")
    expect(canvas.parameter("text").locator(".parameter-tick")).to_have_attribute("data-state", "applied")
    visitor.picture("editor-12-applied")
    wait_for(lambda: white_width(look_at_corner(video)) > before * 1.5, "the longer text is in the picture", 20)
    visitor.picture("editor-13-new-text")


def look_elsewhere(browser: Browser, site: Site, address: str) -> None:
    """The same pipeline at night and on a phone."""
    for look, width, height, dark in (("dark", 1440, 900, True), ("narrow", 390, 844, False)):
        with open_visitor(browser, site, width=width, height=height, dark=dark) as other:
            other.sign_in(email=PERSON)
            other.page.goto(address)
            Canvas(other.page).wait_until_open()
            Canvas(other.page).wait_for_run("running")
            wait_for_pictures(player(other.page, "whep_out"))
            other.picture(f"editor-14-running-{look}")


def kill_the_caption(visitor: Visitor, canvas: Canvas, site: Site) -> None:
    """The node says that it failed and why, comes back as a second attempt, and with it the picture."""
    canvas.watch_statuses("overlay")
    video = player(canvas.page, "whep_out")
    kill_container(site.terminal.install, "overlay")
    expect(canvas.status("overlay")).to_contain_text("attempt 2", timeout=30_000)
    visitor.picture("editor-15-second-attempt")
    canvas.wait_for_status("overlay", "ready", 30)
    assert any(not sentence.startswith("overlay: ready") for sentence in canvas.said("overlay")), canvas.said("overlay")
    expect(canvas.status("overlay")).to_have_attribute("aria-label", re.compile("attempt 1: it was killed"))
    canvas.wait_for_run("running")
    wait_for_pictures(video, 10, 40)
    visitor.picture("editor-16-recovered")


def read_the_log(visitor: Visitor, canvas: Canvas) -> None:
    """What both attempts wrote can be read."""
    page = canvas.page
    page.get_by_role("tab", name="Log").click()
    log = page.get_by_role("region", name="Log of overlay")
    expect(log).to_contain_text(re.compile("[a-z]{4}"))
    visitor.picture("editor-17-log")
    log.get_by_label("Attempt").select_option("1")
    expect(log).to_contain_text("This attempt has ended.")


def stop_and_download(visitor: Visitor, canvas: Canvas, folder: Path) -> None:
    """The recording is whole, across the failure."""
    page = canvas.page
    canvas.stop_button.click()
    canvas.wait_for_run("stopped", 60)
    page.get_by_role("button", name="Files").first.click()
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_text("being written")).to_have_count(0)
    expect(files.get_by_text("complete").first).to_be_visible()
    visitor.picture("editor-18-files")
    with page.expect_download() as download:
        files.get_by_role("link", name="Download").first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".mp4"
    assert recording.tracks(path)["video"].codec == "h264"
    assert recording.decoded_frames(path) > 10


def test_a_version_is_kept_compared_published_and_brought_back(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        visitor.sign_in()
        page = visitor.page
        page.goto(f"{site.address}/new/home/")
        page.get_by_role("button", name="Start from watch").click()
        canvas = Canvas(page)
        canvas.wait_until_open()
        dialog = open_versions(canvas)
        expect(dialog).to_contain_text("No versions yet")
        dialog.get_by_label("What is new").fill("As it came")
        dialog.get_by_role("button", name="Make a version").click()
        expect(dialog.get_by_role("button", name="1 As it came")).to_contain_text("as the draft")
        page.keyboard.press("Escape")

        canvas.select("caption")
        text = canvas.field("Text").input_value()
        canvas.field("Text").fill("Something else")
        canvas.wait_until_saved()
        dialog = open_versions(canvas)
        dialog.get_by_role("button", name="1 As it came").click()
        expect(dialog.get_by_role("region", name="Version 1")).to_contain_text("Something else")
        dialog.get_by_role("button", name="Publish").click()
        expect(dialog.get_by_text("published", exact=True)).to_be_visible()
        visitor.picture("editor-19-versions")

        dialog.get_by_role("button", name="Go back to it").click()
        expect(canvas.field("Text")).to_have_value(text)
        canvas.wait_until_saved()
        page.reload()
        canvas.wait_until_open()
        canvas.select("caption")
        expect(canvas.field("Text")).to_have_value(text)


def open_versions(canvas: Canvas) -> Locator:
    """The dialog that keeps versions, from the menu."""
    canvas.page.get_by_role("button", name="Menu", exact=True).click()
    canvas.page.get_by_role("button", name="Versions…").click()
    return canvas.page.get_by_role("dialog", name="Versions")
