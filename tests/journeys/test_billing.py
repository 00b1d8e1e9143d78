"""An owner looks at usage, follows it down to one container's times, sets a cap, and is refused by it."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import usage_history
from tests.journeys.axe import violations
from tests.journeys.site import Site, Visitor, open_site, open_visitor
from tests.journeys.terminal import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.engine]

PERSON = "olga@example.com"
USAGE, BILLING, LEDGER = "/teams/olga/usage/", "/teams/olga/billing/", "/teams/olga/ledger/"
LOOKS = {"light": (1280, 900, False), "dark": (1280, 900, True), "narrow": (390, 844, False)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("billing")) as opened:
        yield opened


def test_an_owner_sees_what_was_used_and_keeps_it_within_a_cap(site: Site, browser: Browser, tmp_path: Path) -> None:
    with open_visitor(browser, site) as visitor:
        begin(visitor)
        run = run_once(visitor)
        follow_it_down(visitor, site, run)
        usage_history.fill(site.terminal, team="olga", slug="hello", days=40)
        read_the_chart(visitor)
        take_the_table_home(visitor, tmp_path)
        be_refused_by_the_cap(visitor)
    found = [problem for look in LOOKS for problem in look_at_all(site, browser, look, run)]

    assert found == []


def begin(visitor: Visitor) -> None:
    """Sign up; the page of usage says how to get some."""
    visitor.sign_up(PERSON)
    page = visitor.page
    page.goto(visitor.site.address + USAGE)
    expect(page.get_by_role("heading", name="Nothing has run yet")).to_be_visible()
    visitor.picture("billing-01-no-usage")
    page.get_by_role("link", name="Go to the pipelines").click()
    page.get_by_role("button", name="Start from hello").click()
    page.wait_for_url("**/t/olga/hello/")


def run_once(visitor: Visitor) -> str:
    """Run it for a while, see what it costs meanwhile, stop it; its id."""
    page = visitor.page
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".run-word")).to_have_text("running", timeout=60_000)
    cost = page.locator(".run-cost")
    expect(cost).to_be_visible()
    expect(cost).to_have_attribute("title", re.compile(r"3 containers run at €0\.\d+ an hour together"), timeout=20_000)
    first = cost.inner_text()
    wait_for(lambda: cost.inner_text() != first, "the cost grows", 30)
    visitor.picture("billing-02-cost-while-it-runs")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".run-word")).to_have_text("stopped", timeout=60_000)
    expect(cost).to_have_attribute("title", re.compile("nothing runs"), timeout=20_000)
    page.goto(visitor.site.address + USAGE)
    link = page.locator("#by-run ~ .money-scroll tbody a.mono")
    wait_for(lambda: page.reload() is not None and link.count() == 1, "the run is charged", 30)
    return link.inner_text()


def follow_it_down(visitor: Visitor, site: Site, run: str) -> None:
    """From the page to the run, to its containers with the engine's times, to the entry of the ledger, and back."""
    page = visitor.page
    page.get_by_role("link", name=run).click()
    expect(page.get_by_role("heading", name=f"Run {run}")).to_be_visible()
    rows = page.locator(".run-row")
    expect(rows).to_have_count(3)
    shown = [
        (
            rows.nth(at).locator("th .mono").inner_text(),
            rows.nth(at).locator("time").inner_text(),
            int(rows.nth(at).locator("td").nth(2).inner_text()),
        )
        for at in range(3)
    ]
    assert shown == usage_history.engine_times(site.terminal, run=run)
    visitor.picture("billing-03-containers-of-a-run")
    entry = rows.first.get_by_role("link").inner_text()
    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name=entry, exact=True)).to_be_visible()
    expect(page.locator(".ledger-entry")).to_have_count(3)
    assert set(page.locator(".ledger-postings tfoot td").all_inner_texts()) == {"€0.000000"}
    page.locator(".ledger-entry").first.get_by_role("link", name=f"Run {run}").click()
    expect(page.get_by_role("heading", name=f"Run {run}")).to_be_visible()


def read_the_chart(visitor: Visitor) -> None:
    """With the pointer, with the keyboard, as a total, and as the table that says the same."""
    page = visitor.page
    page.goto(f"{visitor.site.address}{USAGE}?period=30-days")
    chart, told = page.locator(".usage-plot"), page.locator(".usage-told")
    expect(chart.locator("canvas")).to_be_visible()
    expect(page.locator(".usage-legend li")).to_have_count(3)
    chart.focus()
    page.keyboard.press("End")
    expect(told).to_contain_text("€")
    last = told.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(told).not_to_have_text(last)
    page.get_by_role("button", name="Running total").click()
    expect(page.get_by_role("button", name="Running total")).to_be_focused()
    chart.focus()
    page.keyboard.press("End")
    whole = page.locator("[data-total]").inner_text()
    expect(told).to_contain_text(f"Up to {last.partition(':')[0]}: {whole}")
    page.get_by_role("button", name="Time", exact=True).click()
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(chart.locator("canvas")).to_be_visible()
    visitor.picture("billing-04-chart")
    page.get_by_text("The same as a table").click()
    assert page.locator(".money-days tbody tr").count() == 30


def take_the_table_home(visitor: Visitor, tmp_path: Path) -> None:
    """The file says what the page says."""
    page = visitor.page
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download CSV").click()
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["amount_micros"]) for row in rows) == int(
        page.locator("[data-total]").get_attribute("data-total") or ""
    )
    assert len(rows) == int(page.locator(".money-tiles .money-figure").nth(2).inner_text())


def be_refused_by_the_cap(visitor: Visitor) -> None:
    """A cap below what is spent; the next run is refused with a sentence, and the way back."""
    page = visitor.page
    page.goto(visitor.site.address + BILLING)
    page.get_by_label("Most to spend in a calendar month, EUR").fill("0.001")
    page.get_by_role("button", name="Set the cap").click()
    expect(page.get_by_text("The cap is set; it holds from now on.")).to_be_visible()
    expect(page.get_by_text("The cap of €0.001 for this month is reached.").first).to_be_visible()
    visitor.picture("billing-05-cap-reached")
    page.goto(f"{visitor.site.address}/t/olga/hello/")
    page.get_by_role("button", name="Run", exact=True).click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("The team's cap of €0.001 this month leaves too little: the run was not started")
    visitor.picture("billing-06-refused")
    refusal.get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", name="Monthly cap")).to_be_visible()
    assert page.url.endswith(BILLING)


def look_at_all(site: Site, browser: Browser, look: str, run: str) -> list[str]:
    """Everything that keeps people out of these pages, or is wider than the window."""
    width, height, dark = LOOKS[look]
    found: list[str] = []
    with open_visitor(browser, site, width=width, height=height, dark=dark) as visitor:
        visitor.sign_in(email=PERSON)
        for path in (
            USAGE,
            f"{USAGE}runs/{run}/",
            BILLING,
            LEDGER,
            f"{LEDGER}?kind=grant",
            f"{USAGE}?from=2020-01-01&to=2020-01-02",
        ):
            visitor.page.goto(site.address + path)
            _wait_for_chart(visitor.page)
            name = re.sub(r"\W+", "-", path.removeprefix("/teams/olga/").replace(run, "run")).strip("-")
            visitor.picture(f"page-{name}-{look}")
            found += [f"{path} ({look}): {violation}" for violation in violations(visitor.page)]
            too_wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            found += [f"{path} ({look}): wider than the window"] if visitor.page.evaluate(too_wide) > 0 else []
    return found


def _wait_for_chart(page: Page) -> None:
    if page.locator("[data-usage-chart]").count():
        page.locator(".usage-plot canvas").wait_for()
