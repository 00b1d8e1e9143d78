import csv
import datetime
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from factory.domain.accounts.models import Team
from factory.domain.billing.services import grant, open_wallet
from factory.domain.runs.models import Run
from tests.factory.domain.billing.ledgers import HOUR, Piece, charge
from tests.factory.doors.api.browsers import HELLO, TEAM, send
from tests.factory.metered import AN_HOUR, START, started

NOVEMBER = "from=2026-11-01&to=2026-11-30"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def used(run: Run) -> Run:
    """Of a run two hours of camera on two days, and one of caption that was undone."""
    charge(run, Piece("camera", datetime.timedelta(), AN_HOUR), attempt=1)
    charge(run, Piece("camera", DAY, AN_HOUR), attempt=2)
    charge(run, Piece("caption", DAY, AN_HOUR, is_undone=True))
    return run


def ask(browser: Client, address: str, status: int = 200) -> Any:
    answer = browser.get(f"{TEAM}/{address}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_month_so_far_is_compared_as_on_the_page(viewer: Client, used: Run) -> None:
    previous = ask(viewer, "usage?from=2026-11-01&to=2026-11-23&group=day")["previous"]

    assert (previous["first"], previous["last"]) == ("2026-10-01", "2026-10-23")


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("day", {"2026-11-22": HOUR, "2026-11-23": HOUR}),
        ("pipeline", {"hello": 2 * HOUR}),
        ("component", {"test_source@1.0.0": 2 * HOUR, "overlay@1.0.0": 0}),
    ],
)
def test_usage_is_added_up_as_asked(viewer: Client, used: Run, group: str, keys: dict[str, int]) -> None:
    told = ask(viewer, f"usage?{NOVEMBER}&group={group}")

    assert {item["key"]: item["micros"] for item in told["items"]} == keys
    assert told["period"] == {
        "first": "2026-11-01",
        "last": "2026-11-30",
        "total": {"instances": 3, "milliseconds": 3 * AN_HOUR, "micros": 2 * HOUR},
    }
    assert (told["previous"]["first"], told["previous"]["last"]) == ("2026-10-01", "2026-10-31")
    assert (told["currency"], told["group"], told["next"]) == ("EUR", group, None)


def test_a_part_of_a_run_is_told_as_one(viewer: Client, used: Run) -> None:
    [item] = ask(viewer, "usage?from=2026-11-22&to=2026-11-22&group=run")["items"]

    assert (item["key"], item["name"], item["micros"], item["is_partial"]) == (used.pk, "hello", HOUR, True)


def test_runs_and_instances_come_in_pages(viewer: Client, used: Run) -> None:
    seen, cursor = [], ""
    for _ in range(5):
        page = ask(viewer, f"usage/instances?{NOVEMBER}&limit=1&cursor={cursor}")
        seen += [(item["node"], item["attempt"]) for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [("camera", 1), ("camera", 2), ("caption", 1)]

    page = ask(viewer, f"usage?{NOVEMBER}&group=run&limit=1")
    assert ([item["key"] for item in page["items"]], page["next"]) == ([used.pk], None)


def test_an_instance_has_the_engines_times_and_its_entry(viewer: Client, used: Run) -> None:
    told = ask(viewer, f"usage/instances?{NOVEMBER}&run={used.pk}&component=overlay")["items"]

    assert told[0] | {"entry": ""} == {
        "pipeline": "hello",
        "run": used.pk,
        "node": "caption",
        "attempt": 1,
        "component": "overlay@1.0.0",
        "started_at": "2026-11-23T11:00:00Z",
        "ended_at": "2026-11-23T12:00:00Z",
        "milliseconds": AN_HOUR,
        "end_source": "engine",
        "cpu_millis": 1000,
        "memory_mib": 512,
        "currency": "EUR",
        "per_hour_micros": HOUR,
        "micros": 0,
        "entry": "",
    }
    assert told[0]["entry"].startswith("usage:")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-30&to=2026-11-01", "billing:user:period-refused"),
        ("from=2020-01-01&to=2026-11-01", "billing:user:period-refused"),
        ("from=yesterday", "api:user:invalid"),
        ("component=a%20b", "api:user:invalid"),
        ("pipeline=%00", "api:user:invalid"),
        ("group=person", "api:user:invalid"),
        ("group=run&cursor=x", "api:user:cursor"),
    ],
)
def test_what_cannot_be_asked_is_refused(viewer: Client, team: Team, query: str, code: str) -> None:
    assert ask(viewer, f"usage?{query}", 422)["code"] == code


def test_a_cursor_of_another_list_is_none_of_this(viewer: Client, billing: Client, used: Run) -> None:
    cursor = ask(viewer, f"usage/instances?{NOVEMBER}&limit=1")["next"]

    assert ask(viewer, f"usage?{NOVEMBER}&group=run&cursor={cursor}", 422)["code"] == "api:user:cursor"
    assert ask(billing, f"ledger?cursor={cursor}", 422)["code"] == "api:user:cursor"


def test_the_table_has_every_instance(viewer: Client, used: Run) -> None:
    async def fetch() -> bytes:
        browser = AsyncClient()
        browser.cookies = viewer.cookies
        response: Any = await browser.get(f"{TEAM}/usage.csv?{NOVEMBER}")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return b"".join([piece async for piece in response])

    rows = list(csv.DictReader(io.StringIO(async_to_sync(fetch)().decode(), newline="")))

    assert [int(row["amount_micros"]) for row in rows] == [HOUR, HOUR, 0]


def test_the_cost_of_a_run_goes_on_while_it_runs(viewer: Client, used: Run) -> None:
    started(used, "file", at=START)

    told = ask(viewer, f"pipelines/hello/runs/{used.pk}/cost")

    assert (told["run"], told["currency"], told["settled_micros"]) == (used.pk, "EUR", 2 * HOUR)
    assert told["running"] == [{"since": "2026-11-22T12:00:00Z", "per_hour_micros": HOUR}]
    assert told["total_micros"] >= told["settled_micros"]


def test_credit_and_prices_are_told(billing: Client, team: Team) -> None:
    told = ask(billing, "billing")

    assert (told["balance_micros"], told["available_micros"], told["reserved_micros"]) == (5_000_000, 5_000_000, 0)
    assert (told["cap_micros"], told["enforced"], told["currency"]) == (None, True, "EUR")
    assert told["limits"] == [
        {"what": "credit", "percent": 0, "sentence": "0 % of this month's credit is spent; €5.00 is left."}
    ]
    assert (told["prices"]["cpu_hour_micros"], told["prices"]["gib_hour_micros"]) == (40_000, 5_000)


def test_a_cap_is_set_and_taken_away(billing: Client, team: Team) -> None:
    for cap in (12_500_000, 0, None):
        told = send(billing, "PATCH", f"{TEAM}/billing", {"cap_micros": cap})
        assert (told.status_code, told.json()["cap_micros"]) == (200, cap)


@pytest.mark.parametrize("cap", [-1, 1.5, "ten", 10**15 + 1, 2**70, True])
def test_a_cap_that_is_no_amount_is_refused(billing: Client, team: Team, cap: object) -> None:
    assert send(billing, "PATCH", f"{TEAM}/billing", {"cap_micros": cap}).status_code == 422


def test_every_entry_comes_with_all_its_postings(billing: Client, used: Run, team: Team) -> None:
    open_wallet(team=team, now=START)
    grant(team=team, micros=7, by=None, note="Invoice", now=START, key="7")
    seen: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = ask(billing, f"ledger?limit=2&cursor={cursor}")
        seen += page["items"]
        cursor = page["next"]

    assert all(sum(posting["micros"] for posting in item["postings"]) == 0 for item in seen)
    assert sum(item["micros"] for item in seen) == ask(billing, "billing")["balance_micros"]
    assert len({item["entry"] for item in seen}) == len(seen)
    undone = next(item for item in seen if item["kind"] == "reversal")
    assert (undone["reverses"], undone["run"], undone["node"]) == (
        seen[seen.index(undone) + 1]["entry"],
        used.pk,
        "caption",
    )


def test_entries_can_be_asked_for(billing: Client, used: Run) -> None:
    assert len(ask(billing, f"ledger?run={used.pk}")["items"]) >= 4
    assert len(ask(billing, "ledger?kind=reversal")["items"]) == 1
    assert ask(billing, "ledger?from=2020-01-01&to=2020-01-02")["items"] == []


@pytest.mark.parametrize("address", ["usage", "usage/instances", "usage.csv"])
def test_usage_is_for_who_sees_or_pays(
    viewer: Client, billing: Client, stranger: Client, used: Run, address: str
) -> None:
    answers = [browser.get(f"{TEAM}/{address}").status_code for browser in (viewer, billing, stranger, Client())]

    assert answers == [200, 200, 404, 401]


@pytest.mark.parametrize("address", ["billing", "ledger"])
def test_money_is_for_who_pays(viewer: Client, billing: Client, stranger: Client, team: Team, address: str) -> None:
    answers = [browser.get(f"{TEAM}/{address}").status_code for browser in (viewer, billing, stranger, Client())]

    assert answers == [403, 200, 404, 401]


def test_who_may_not_pay_sets_no_cap(viewer: Client, stranger: Client, team: Team) -> None:
    answers = [
        send(browser, "PATCH", f"{TEAM}/billing", {"cap_micros": 1}).status_code for browser in (viewer, stranger)
    ]

    assert answers == [403, 404]


def test_who_only_pays_sees_no_run(billing: Client, used: Run) -> None:
    assert billing.get(f"{HELLO}/runs/{used.pk}/cost").status_code == 403
