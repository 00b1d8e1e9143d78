import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import ensure_home, set_role
from factory.domain.billing.models import Wallet
from factory.domain.billing.services import grant, open_wallet, set_cap, set_enforced, set_price
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from factory.foundation import clock
from tests.factory.domain.billing.ledgers import HOUR
from tests.factory.doors.pages.conftest import sign_in_as
from tests.factory.doors.pages.money_pages.page_text import micros, read
from tests.factory.doors.pages.money_pages.studio_usage import fill, run_of
from tests.factory.metered import START, started

BILLING, LEDGER, USAGE = ("/teams/studio/billing/", "/teams/studio/ledger/", "/teams/studio/usage/")
TRIAL = 5_000_000


def test_credit_month_and_prices_stand_on_one_page(owner: Client, team: Team, now: datetime.datetime) -> None:
    page = read(owner, BILLING)

    assert "€5.00" in page.text
    assert "The team has set no cap" in page.text
    assert page.row("one processor")[-1] == "€0.040000"
    assert page.row("one GiB of memory")[-1] == "€0.005000"
    assert "In force since 1 January 2000" in page.text
    assert f"Cost of {now:%B %Y}" in page.text


def test_what_runs_is_estimated_and_marked(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    run = run_of(pipeline, now=now)
    for node in ("camera", "caption"):
        started(run, node, at=now - datetime.timedelta(hours=1))

    page = read(owner, BILLING)
    row = next(row for row in page.rows if row and row[0].startswith("Runs now"))

    assert row[0] == "Runs now: 2 containers at €0.085000 an hour together estimate"
    assert micros(row[1]) >= 2 * HOUR
    assert "about €0.08" in page.text


def test_a_cap_is_set_shown_and_taken_away(owner: Client, team: Team) -> None:
    page = owner.post(BILLING, {"cap": "12,50"}, follow=True).content.decode()
    assert "The cap is set" in page
    assert 'value="12.5"' in page
    assert Wallet.objects.get(team=team).cap_micros == 12_500_000

    page = owner.post(BILLING, {"cap": " "}, follow=True).content.decode()
    assert "The cap is taken away" in page
    assert Wallet.objects.get(team=team).cap_micros is None


@pytest.mark.parametrize("typed", ["-1", "ten", "1e9", "<b>"])
def test_a_cap_that_is_no_amount_is_refused_and_kept_to_mend(owner: Client, team: Team, typed: str) -> None:
    answer = owner.post(BILLING, {"cap": typed})

    assert answer.status_code == 422
    assert "such as 25 or 12.50" in answer.content.decode()
    assert "<b>" not in answer.content.decode()
    assert Wallet.objects.get(team=team).cap_micros is None


@pytest.mark.parametrize(
    ("cap", "told", "level"),
    [
        (2 * HOUR, "of the cap", ""),
        (HOUR + HOUR // 10, "When nothing is left", "most"),
        (HOUR, "Nothing new starts", "all"),
    ],
)
def test_the_banner_tells_how_near_the_cap_is(
    owner: Client, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, cap: int, told: str, level: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: START)
    fill(pipeline, now=START)
    set_cap(team=pipeline.team, micros=cap + sum_of_captions(), by=None, now=START)

    page = read(owner, BILLING)
    assert told in page.text
    assert f'class="billing-cap" data-level="{level}"' in page.html


def sum_of_captions() -> int:
    """What the studio used beside an hour of camera."""
    return HOUR * 1_234_567 // 3_600_000 + HOUR * 30_000 // 3_600_000


def test_low_credit_is_told_on_every_page_of_the_team(
    owner: Client, viewer: Client, pipeline: Pipeline, now: datetime.datetime
) -> None:
    open_wallet(team=pipeline.team, now=now)
    assert "credit is low" not in read(owner, "/t/studio/").text
    grant(team=pipeline.team, micros=-4_500_000, by=None, note="", now=now, key="back")

    for address in ("/t/studio/", "/new/studio/", USAGE):
        page = read(owner, address)
        assert "credit is low: €0.50 is left." in page.text
        assert BILLING in page.links
    page = read(viewer, "/t/studio/")
    assert "Ask an owner, an admin or who pays the bills." in page.text
    assert BILLING not in page.links


def test_a_reached_cap_is_told_in_the_editor(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    set_cap(team=pipeline.team, micros=0, by=None, now=now)

    page = owner.get("/t/studio/hello/").content.decode()
    boot = re.search(r'<script id="boot"[^>]*>(.*?)</script>', page)

    assert boot is not None
    money = json.loads(boot[1])["money"]
    assert money["notice"].startswith("The cap of €0.00 for this month is reached. Nothing new starts")
    assert (money["isUrgent"], money["billing"]) == (True, BILLING)


def test_the_operators_own_team_is_told_that_it_is_never_refused(alice: User, owner: Client) -> None:
    set_role(team=ensure_home(), user=alice, role=Role.OWNER)

    page = read(owner, "/teams/home/billing/")

    assert "never refused for lack of credit" in page.text
    assert "Nothing new starts" not in page.text


def test_a_cap_below_what_ran_is_told_with_the_runs_that_it_ends(
    owner: Client, pipeline: Pipeline, now: datetime.datetime
) -> None:
    set_enforced(team=pipeline.team, enforced=False, by=None, now=now)
    assert "Set aside" not in read(owner, BILLING).text, "nothing need be"
    run = run_of(pipeline, now=now - datetime.timedelta(hours=2))
    started(run, "camera", at=now - datetime.timedelta(hours=1))

    told = owner.post(BILLING, {"cap": "0.01"}, follow=True).content.decode()

    assert "1 run is about to be ended. What ran is charged." in told
    assert "The cap of €0.01 for this month is reached." in told
    assert 'data-level="all"' in told
    assert "Less than what runs has used" in told
    assert "about to be ended" not in owner.post(BILLING, {"cap": "10"}, follow=True).content.decode()


def test_a_note_of_operators_to_themselves_is_not_shown_to_teams(owner: Client, team: Team) -> None:
    now = clock.now()
    changes: dict[str, Any] = {"cpu_hour_micros": 7, "gib_hour_micros": 7, "by": None, "now": now}
    set_price(**changes, effective_from=now, note="squeeze them")
    set_price(**changes, effective_from=now + datetime.timedelta(days=1), note="squeeze them more")

    page = read(owner, BILLING)

    assert page.row("one processor")[-1] == "€0.000007"
    assert "squeeze" not in page.html


def test_the_ledger_lists_entries_whose_postings_sum_to_nothing(owner: Client, runs: list[Run]) -> None:
    page = read(owner, LEDGER)
    sums = [row for row in page.rows if row[0] == "Sum"]

    assert [row[1] for row in sums] == ["€0.000000"] * 6
    assert page.row("Credit of The studio")[1].startswith(("+€", "−€"))
    assert all(f"/teams/studio/usage/runs/{run.pk}/" in page.links for run in runs)
    assert "6 entries" in page.text


def test_the_ledger_can_be_narrowed_and_says_where_nothing_is(owner: Client, runs: list[Run]) -> None:
    assert "1 entry;" in read(owner, f"{LEDGER}?run={runs[1].pk}").text
    assert "1 entry;" in read(owner, f"{LEDGER}?kind=reversal").text
    assert "No entries like these" in read(owner, f"{LEDGER}?run=nothing").text
    assert "is no day" in read(owner, f"{LEDGER}?from=x", status=422).text


def test_the_ledger_comes_in_pages(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    open_wallet(team=pipeline.team, now=now)
    for number in range(51):
        grant(team=pipeline.team, micros=1, by=None, note="", now=now, key=str(number))
    first = read(owner, LEDGER)
    [older] = [link for link in first.links if "before=" in link]
    second = read(owner, LEDGER + older)

    assert [page.html.count("ledger-entry") for page in (first, second)] == [50, 2]
    assert "before=" not in "".join(link for link in second.links if "Earlier" in link)


@pytest.mark.parametrize(
    ("role", "usage", "money"),
    [
        (Role.ADMIN, 200, 200),
        (Role.DEVELOPER, 200, 403),
        (Role.OPERATOR, 200, 403),
        (Role.VIEWER, 200, 403),
        (Role.BILLING, 200, 200),
    ],
)
def test_who_sees_usage_and_who_sees_money(runs: list[Run], team: Team, role: Role, usage: int, money: int) -> None:
    browser = sign_in_as(role, team)

    for address in (USAGE, f"{USAGE}runs/{runs[0].pk}/", "/teams/studio/usage.csv"):
        assert browser.get(address).status_code == usage
    for address in (BILLING, LEDGER, "/teams/studio/ledger.csv"):
        assert browser.get(address).status_code == money
    assert browser.post(BILLING, {"cap": "1"}).status_code == (302 if money == 200 else 403)


def test_strangers_find_nothing(stranger: Client, client: Client, runs: list[Run]) -> None:
    addresses = [USAGE, BILLING, LEDGER, "/teams/studio/usage.csv", "/teams/studio/ledger.csv"]

    assert {stranger.get(address).status_code for address in addresses} == {404}
    assert stranger.post(BILLING, {"cap": "1"}).status_code == 404
    assert {Client().get(address).status_code for address in addresses} == {302}


def test_only_forms_of_the_site_set_the_cap(alice: User, team: Team, settings: Settings) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert browser.post(BILLING, {"cap": "1"}).status_code == 403
