import datetime
import json
import re

import pytest
from django.db.models import Sum
from django.test import Client

from factory.domain.accounts.models import Team
from factory.domain.accounts.roles import Role
from factory.domain.billing.models import AccountKind, EntryKind, Posting
from factory.domain.billing.money import amount_of
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Instance, Run
from tests.factory.domain.billing.ledgers import HOUR, Piece, charge
from tests.factory.doors.pages.conftest import sign_in_as
from tests.factory.doors.pages.money_pages.page_text import Page, micros, read
from tests.factory.doors.pages.money_pages.studio_usage import run_of
from tests.factory.metered import AN_HOUR, START, end, started

USAGE = "/teams/studio/usage/"
CAMERA, CAPTION, SHORT = HOUR, amount_of(1_234_567, HOUR), amount_of(30_000, HOUR)
TOTAL = CAMERA + CAPTION + SHORT


def chart_of(page: Page) -> dict[str, list[dict[str, list[int]]]]:
    found = re.search(r'<script id="usage-data" type="application/json">(.*?)</script>', page.html)
    assert found is not None
    chart: dict[str, list[dict[str, list[int]]]] = json.loads(found[1])
    return chart


def test_a_team_without_usage_is_told_how_to_get_some(owner: Client, team: Team) -> None:
    page = read(owner, USAGE)

    assert "Nothing has run yet" in page.text
    assert "/t/studio/" in page.links
    assert "data-usage-chart" not in page.html


def test_what_runs_now_is_there_before_anything_has_ended(
    owner: Client, pipeline: Pipeline, now: datetime.datetime
) -> None:
    run = run_of(pipeline, now=now)
    for node in ("camera", "caption"):
        started(run, node, at=now - datetime.timedelta(hours=1))

    page = read(owner, USAGE)

    assert "Nothing has run yet" not in page.text
    _, name, _, containers, per_hour, so_far = page.row(run.pk)
    assert (name, containers, micros(per_hour)) == ("hello", "2", 2 * HOUR)
    assert micros(so_far.removeprefix("about ")) >= 2 * HOUR
    assert f"/teams/studio/usage/runs/{run.pk}/" in page.links


@pytest.mark.parametrize(
    ("role", "words", "leads_to"),
    [
        (Role.OPERATOR, "press Run", "/t/studio/"),
        (Role.VIEWER, "Whoever may run the team’s pipelines begins", "/t/studio/"),
        (Role.BILLING, "Whoever may run the team’s pipelines begins", "/teams/studio/billing/"),
    ],
)
def test_nobody_is_told_to_do_what_their_role_may_not(team: Team, role: Role, words: str, leads_to: str) -> None:
    page = read(sign_in_as(role, team), USAGE)

    assert words in page.text
    assert ("press Run" in page.text) == (role is Role.OPERATOR)
    assert leads_to in page.links
    assert ("/t/studio/" in page.links) == (role is not Role.BILLING)


def test_every_sum_of_the_page_is_that_of_the_ledger(owner: Client, runs: list[Run], days: str) -> None:
    page = read(owner, USAGE + days)

    posted = Posting.objects.filter(
        account__kind=AccountKind.CREDIT, entry__kind__in=[EntryKind.USAGE, EntryKind.REVERSAL]
    )
    assert -posted.aggregate(sum=Sum("amount"))["sum"] == TOTAL
    together = [row for row in page.rows if row and row[0] == "Together"]
    assert len(together) == 3
    assert {micros(row[-1]) for row in together} == {TOTAL}
    assert page.row("hello")[1:] == ["4", "2:21:04.567", f"€0.{TOTAL:06}"]
    assert [micros(page.row(name)[-1]) for name in ("test_source@1.0.0", "overlay@1.0.0", "recorder@1.0.0")] == [
        CAMERA + SHORT,
        CAPTION,
        0,
    ]
    assert [micros(page.row(run.pk)[-1]) for run in runs] == [CAMERA + CAPTION, SHORT]
    assert f'data-total="{TOTAL}"' in page.html


def test_the_chart_has_the_numbers_of_the_table(owner: Client, runs: list[Run], days: str) -> None:
    page = read(owner, USAGE + days)
    chart = chart_of(page)

    assert len(chart["days"]) == 3
    assert sum(sum(series["micros"]) for series in chart["series"]) == TOTAL
    assert sum(sum(series["milliseconds"]) for series in chart["series"]) == 2 * AN_HOUR + 1_234_567 + 30_000


def test_the_total_leads_to_the_entries_that_make_it(owner: Client, runs: list[Run], days: str) -> None:
    page = read(owner, USAGE + days)
    [address] = {
        link
        for link in page.links
        if "/ledger/" in link and "by=used" in link and "component" not in link and "pipeline" not in link
    }

    assert f'data-sum="-{TOTAL}"' in read(owner, address).html


@pytest.mark.parametrize("part", ["pipeline=hello", "component=test_source%401.0.0"])
def test_every_line_leads_to_the_entries_that_make_it(owner: Client, runs: list[Run], days: str, part: str) -> None:
    page = read(owner, USAGE + days)
    sums = {"pipeline=hello": TOTAL, "component=test_source%401.0.0": CAMERA + SHORT}
    [address] = {link for link in page.links if "/ledger/" in link and part in link}

    assert f'data-sum="-{sums[part]}"' in read(owner, address).html


def test_a_filter_stands_in_the_address_and_narrows_everything(owner: Client, runs: list[Run], days: str) -> None:
    page = read(owner, f"{USAGE}{days}&component=overlay@1.0.0")

    assert {micros(row[-1]) for row in page.rows if row and row[0] == "Together"} == {CAPTION}
    assert '<option value="overlay@1.0.0" selected>' in page.html
    assert micros(page.row(f"{runs[0].pk} in part")[-1]) == CAPTION
    assert runs[1].pk not in page.text


def test_a_period_without_usage_offers_the_way_out(owner: Client, runs: list[Run]) -> None:
    page = read(owner, f"{USAGE}?from=2020-01-01&to=2020-01-31&component=overlay")

    assert "Nothing ended in this time" in page.text
    assert any("component" not in link for link in page.links if "from=2020-01-01" in link)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?from=2026-11-31&to=2026-12-01", "2026-11-31 is no day"),
        ("?from=2026-11-30&to=2026-11-01", "before the first"),
        ("?period=fortnight", "Choose one of the periods"),
    ],
)
def test_what_is_no_period_is_said(owner: Client, runs: list[Run], query: str, told: str) -> None:
    assert told in read(owner, USAGE + query, status=422).text


@pytest.mark.parametrize(
    "query",
    [
        "?pipeline=%00",
        "?component=<script>",
        "?before=x~y",
        "?before=9999-99-99~a",
        "?before=0001-01-01T00:00:00%2B23:59~a",
        "?before=2026-01-01~%00",
    ],
)
def test_nonsense_in_the_address_harms_nothing(owner: Client, runs: list[Run], query: str) -> None:
    assert "<script>" not in read(owner, USAGE + query).html.partition("</head>")[2]


def test_runs_come_in_pages(owner: Client, pipeline: Pipeline, now: datetime.datetime, days: str) -> None:
    for number in range(27):
        charge(run_of(pipeline, now=now), Piece("camera", now - START - number * datetime.timedelta(seconds=9), 1000))
    first = read(owner, USAGE + days)
    [older] = [link for link in first.links if "before=" in link]
    second = read(owner, USAGE + older.partition("#")[0])

    assert [len([link for link in page.links if "usage/runs/" in link]) for page in (first, second)] == [25, 2]


def test_one_run_shows_each_containers_times_price_and_entry(owner: Client, runs: list[Run]) -> None:
    page = read(owner, f"{USAGE}runs/{runs[0].pk}/")
    rows = [row for row in page.rows if len(row) == 7][1:]

    assert [row[0] for row in rows] == [
        "camera 1 test_source@1.0.0",
        "caption 1 overlay@1.0.0",
        "file 1 recorder@1.0.0",
    ]
    assert [(row[3], row[4]) for row in rows] == [
        ("3600000", "€0.042500"),
        ("1234567", "€0.042500"),
        ("3600000", "€0.042500"),
    ]
    assert [row[5] for row in rows] == [f"€0.{CAMERA:06}", f"€0.{CAPTION:06}", "€0.000000 reversed"]
    assert all(f"/teams/studio/ledger/?run={runs[0].pk}#{row[6]}" in page.links for row in rows)
    assert page.html.count('class="run-span"') == 3


@pytest.mark.parametrize(
    ("exit_code", "reason", "told"),
    [
        (0, "it ended with exit code 0", "ended, exit code 0"),
        (1, "it ended with exit code 1\nno camera", "ended, exit code 1 no camera"),
        (137, "it was killed (exit code 137)", "was killed (exit code 137)"),
        (3, "", "ended, exit code 3"),
        (None, "it was removed from the engine by someone else", "was removed from the engine by someone else"),
    ],
)
def test_how_a_container_ended_is_said_once(
    owner: Client, pipeline: Pipeline, now: datetime.datetime, exit_code: int | None, reason: str, told: str
) -> None:
    run = run_of(pipeline, now=now - datetime.timedelta(hours=2))
    instance = end(started(run, "camera", at=now - datetime.timedelta(hours=1)), milliseconds=5000)
    Instance.objects.filter(pk=instance.pk).update(exit_code=exit_code, end_reason=reason)

    page = read(owner, f"{USAGE}runs/{run.pk}/")

    assert next(row for row in page.rows if len(row) == 7 and row[0].startswith("camera"))[2] == told


def test_the_pipeline_of_a_run_leads_to_its_usage(owner: Client, runs: list[Run], days: str) -> None:
    page = read(owner, USAGE + days)
    by_run = page.html.partition('id="by-run"')[2]
    [address] = {link for link in Page(by_run).links if "/ledger/" not in link and "pipeline=hello" in link}

    assert '<option value="hello" selected>' in read(owner, USAGE + address).html


def test_a_run_that_goes_on_says_what_is_an_estimate(owner: Client, pipeline: Pipeline, now: datetime.datetime) -> None:
    run = run_of(pipeline, now=now - datetime.timedelta(hours=2))
    started(run, "camera", at=now - datetime.timedelta(hours=1))

    page = read(owner, f"{USAGE}runs/{run.pk}/")

    assert micros(next(row for row in page.rows if len(row) == 7 and row[0].startswith("camera"))[5]) >= HOUR
    assert "a container is charged when it has ended" in page.text


def test_a_run_that_never_started_says_that_it_costs_nothing(owner: Client, pipeline: Pipeline) -> None:
    assert "No container has started" in read(owner, f"{USAGE}runs/{run_of(pipeline).pk}/").text


def test_a_run_of_another_team_is_not_there(owner: Client, stranger: Client, runs: list[Run]) -> None:
    assert owner.get(f"{USAGE}runs/nothing/").status_code == 404
    assert stranger.get(f"/teams/elsewhere/usage/runs/{runs[0].pk}/").status_code == 404
    assert stranger.get(f"{USAGE}runs/{runs[0].pk}/").status_code == 404
