"""Whatever happens to the line or to the web server: the page says so, and then shows what is."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.axe import violations
from tests.journeys.canvas import Canvas
from tests.journeys.containers import kill_container
from tests.journeys.site import Site, Visitor, open_site, open_visitor
from tests.journeys.terminal import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

NODES = ("camera", "caption", "watch")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("reconnects"), command="demo") as opened:
        opened.running.wait_for_text("/enter/", 120)
        yield opened


def open_sample(visitor: Visitor) -> Canvas:
    """The sample pipeline, running."""
    visitor.sign_in()
    visitor.page.goto(f"{visitor.site.address}/t/home/watch/")
    canvas = Canvas(visitor.page)
    canvas.wait_until_open()
    canvas.wait_for_run("running")
    return canvas


def forgive_the_line(visitor: Visitor) -> None:
    """The browser itself writes down each socket that it could not open; the page says so in its own words."""
    visitor.errors[:] = [error for error in visitor.errors if not error.startswith("WebSocket connection to")]


def told(visitor: Visitor) -> dict[str, Any]:
    """What the API says of the pipeline and of each node of its newest run: state and attempt."""
    address = f"{visitor.site.address}/api/v1/teams/home/pipelines/watch"
    pipeline = visitor.context.request.get(address).json()
    run = visitor.context.request.get(f"{address}/runs/{pipeline['run']['id']}").json()
    nodes = {node["name"]: (node["state"], node["attempt"]) for node in run["nodes"]}
    return {"text": pipeline["document"]["nodes"]["caption"]["parameters"]["text"], "nodes": nodes}


def shown(canvas: Canvas) -> dict[str, Any]:
    """The same as the canvas shows it; the caption has to be selected."""
    return {
        "text": canvas.field("Text").input_value(),
        "nodes": {name: canvas.state_and_attempt(name) for name in NODES},
    }


def test_a_lost_line_is_said_and_what_happened_meanwhile_is_shown(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor, open_visitor(browser, site) as other:
        canvas, others = open_sample(visitor), open_sample(other)
        canvas.select("caption")
        others.select("caption")

        visitor.context.set_offline(True)
        notice = visitor.page.get_by_text("Live status lost")
        expect(notice).to_be_visible(timeout=40_000)
        visitor.picture("reconnects-01-lost")
        found = violations(visitor.page)
        others.field("Text").fill("Written while you were away")
        expect(others.parameter("text").locator("[data-state=applied]")).to_be_visible()
        others.wait_until_saved()
        visitor.context.set_offline(False)

        expect(notice).to_have_count(0)
        wait_for(lambda: shown(canvas) == told(visitor), "the canvas equals a fresh snapshot", 20)
        assert shown(canvas)["text"] == "Written while you were away"
        assert found == []
        forgive_the_line(visitor)


def test_a_web_server_killed_at_work_comes_back_and_so_does_every_page(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        canvas = open_sample(visitor)
        canvas.select("caption")
        canvas.watch_connection()

        (web,) = site.terminal.processes("daphne")
        os.kill(web, signal.SIGKILL)
        kill_container(site.terminal.install, "caption")

        assert "the web ended (killed by SIGKILL)" in site.running.wait_for_text("the web ended")
        wait_for(lambda: canvas.connections()[1:] and canvas.connections()[-1] == "live", "it is live again", 40)
        assert "lost" in canvas.connections()
        expect(canvas.status("caption")).to_contain_text("attempt 2", timeout=30_000)
        canvas.wait_for_status("caption", "ready")
        wait_for(lambda: shown(canvas) == told(visitor), "the canvas equals a fresh snapshot", 20)
        visitor.picture("reconnects-02-web-back")
        forgive_the_line(visitor)
