import csv
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from factory.domain.accounts.models import User
from factory.domain.runs.models import Run
from factory.doors.pages.money_pages import files
from tests.factory.doors.pages.money_pages.page_text import micros, read


async def _fetch(user: User, address: str) -> tuple[Any, bytes]:
    browser = AsyncClient()
    await browser.aforce_login(user)
    response: Any = await browser.get(address)
    return response, b"".join([piece async for piece in response])


def fetch(user: User, address: str) -> tuple[Any, list[dict[str, str]]]:
    response, content = async_to_sync(_fetch)(user, address)
    return response, list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_the_file_has_what_the_page_has(owner: Client, alice: User, runs: list[Run], days: str) -> None:
    page = read(owner, f"/teams/studio/usage/{days}")
    [address] = [link for link in page.links if "usage.csv" in link]
    response, rows = fetch(alice, address)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="usage-studio-20')
    assert len(rows) == 4
    assert sum(int(row["amount_micros"]) for row in rows) == micros(page.row("Together")[-1])
    for run in runs:
        amount = sum(int(row["amount_micros"]) for row in rows if row["run"] == run.pk)
        assert amount == micros(page.row(run.pk)[-1])


def test_the_file_of_the_ledger_has_both_sides_of_each_entry(owner: Client, alice: User, runs: list[Run]) -> None:
    _, rows = fetch(alice, "/teams/studio/ledger.csv?kind=usage")

    assert len(rows) == 8
    assert sum(int(row["amount_micros"]) for row in rows) == 0
    assert {row["pipeline"] for row in rows} == {"hello"}


@pytest.mark.parametrize("name", ["usage", "ledger"])
def test_what_is_too_long_for_a_file_is_said(
    owner: Client, runs: list[Run], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 1)

    answer = owner.get(f"/teams/studio/{name}.csv", follow=True)

    assert "it may have 1. Choose a shorter period" in answer.content.decode()
    assert answer.redirect_chain == [(f"/teams/studio/{name}/", 302)]


def test_a_period_that_is_none_leads_back_to_the_page(owner: Client, runs: list[Run]) -> None:
    answer = owner.get("/teams/studio/usage.csv?from=x", follow=True)

    assert "x is no day" in answer.content.decode()
