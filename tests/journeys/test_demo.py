"""`manage.py demo` where everything is there already: one link, a picture at once, and an orderly end."""

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.canvas import Canvas
from tests.journeys.screen import player, wait_for_pictures
from tests.journeys.site import open_browser, open_site, open_visitor
from tests.journeys.terminal import leftovers, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]


def test_the_demo_shows_its_picture_survives_a_dead_worker_and_leaves_nothing(tmp_path: Path) -> None:
    with open_site(tmp_path, command="demo") as site, open_browser() as browser:
        link = site.running.wait_for_text("/enter/", 120).strip()

        with open_visitor(browser, site) as visitor:
            visitor.page.goto(link)
            assert visitor.page.url == f"{site.address}/t/home/watch/"
            canvas = Canvas(visitor.page)
            canvas.wait_until_open()
            canvas.wait_for_run("running")
            wait_for_pictures(player(visitor.page, "watch"))
            visitor.picture("demo-01-playing")

        with open_visitor(browser, site) as latecomer:
            latecomer.page.goto(link)
            expect(latecomer.page.get_by_role("heading", name="This link lets nobody in")).to_be_visible()
            latecomer.picture("demo-02-link-used")

        (worker,) = site.terminal.processes("celery", "worker")
        os.kill(worker, signal.SIGKILL)
        assert "the worker ended (killed by SIGKILL) and is started again" in site.running.wait_for_text("the worker")
        wait_for(lambda: set(site.terminal.processes("celery", "worker")) - {worker}, "another worker")

        site.running.end()
        assert site.running.wait() == 0
        assert leftovers(site.terminal.install) == []
        assert site.terminal.processes() == []
