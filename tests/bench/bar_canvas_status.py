"""What the editor's main thread does while 200 nodes and 280 wires show their status four times a second."""

import threading
from typing import Any

from tests.bench import large_pipeline
from tests.bench.bars import Bar
from tests.bench.installation import open_installation

SECONDS = 10.0
A_SECOND = 4.0


def _task_seconds(session: Any) -> float:
    """Main-thread time of the page so far, all of it: script, style, layout, paint (Chrome DevTools Protocol)."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def measure() -> Bar:
    with open_installation(web=True, runs=False) as site:
        from playwright.sync_api import sync_playwright

        from factory.domain.accounts.services import ensure_home_owner
        from factory.domain.accounts.sign_in_links import make_link_token
        from factory.foundation import clock
        from tests.browser_page import ARGUMENTS, CHROMIUM, FAKE_CAMERA

        run, nodes, wires = large_pipeline.make_run()
        token = make_link_token(user=ensure_home_owner(), now=clock.now())
        talk = threading.Thread(
            target=large_pipeline.tell, args=(run, nodes, wires), kwargs={"seconds": 60.0, "a_second": A_SECOND}
        )
        talk.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_CAMERA])
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(f"{site}/enter/{token}/?next=/t/home/large/")
            page.locator(".react-flow__node").nth(large_pipeline.NODES - 1).wait_for(state="attached")
            page.get_by_text("fps").nth(large_pipeline.WIRES // 2).wait_for(state="attached")
            page.wait_for_timeout(3000)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            before = _task_seconds(session)
            page.wait_for_timeout(SECONDS * 1000)
            busy = (_task_seconds(session) - before) / SECONDS
            drawn = page.locator(".react-flow__node").count(), page.locator(".react-flow__edge").count()
            page.screenshot(path="out/pictures/large.png")
            browser.close()
        talk.join(60)
    return Bar(
        name="canvas-status",
        value=busy,
        unit="s a second",
        bar=0.15,
        note=f"{drawn[0]} nodes and {drawn[1]} wires drawn, all in view; TaskDuration of the page over {SECONDS:.0f} s",
    )
