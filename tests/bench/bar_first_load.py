"""What a browser fetches before the editor can be used for the first time."""

from typing import Any

from tests.bench.bars import Bar
from tests.bench.installation import open_installation


def measure() -> Bar:
    with open_installation(web=True, runs=False) as site:
        from playwright.sync_api import sync_playwright

        from factory.domain.accounts.services import ensure_home_owner
        from factory.domain.accounts.sign_in_links import make_link_token
        from factory.doors.terminal.sample import prepare_sample
        from factory.foundation import clock
        from tests.browser_page import ARGUMENTS, CHROMIUM, FAKE_CAMERA

        owner = ensure_home_owner()
        pipeline = prepare_sample(owner=owner, now=clock.now())
        token = make_link_token(user=owner, now=clock.now())
        fetched: dict[str, float] = {}
        names: dict[str, str] = {}

        def begin(event: Any) -> None:
            names[event["requestId"]] = event["response"]["url"].removeprefix(site)

        def finish(event: Any) -> None:
            fetched[event["requestId"]] = event["encodedDataLength"]

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_CAMERA])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{site}/enter/{token}/?next=/accounts/password/change/")
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.setCacheDisabled", {"cacheDisabled": True})
            session.on("Network.responseReceived", begin)
            session.on("Network.loadingFinished", finish)
            page.goto(f"{site}/t/home/{pipeline.slug}/")
            page.locator(".react-flow__node").nth(2).wait_for()
            page.wait_for_timeout(2000)
            browser.close()
    sizes = {names[key]: size / 1024 for key, size in fetched.items() if key in names}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:4]
    return Bar(
        name="first-load",
        value=sum(sizes.values()),
        unit="KiB",
        bar=250.0,
        note=f"{len(sizes)} responses as they came over the wire, headers included; "
        + ", ".join(f"{name.rpartition('/')[2] or name} {size:.0f}" for name, size in largest),
    )
