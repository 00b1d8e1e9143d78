"""What operators do goes through the verbs of the domain: ledger and audit log hold it, refusals are shown."""

import datetime
import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.accounts.services import create_team
from factory.domain.billing.models import ComponentPrice, JournalEntry, Posting, PriceList, Wallet
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.runs.models import Run
from factory.foundation import clock

TEAMS, WALLETS = "/admin/accounts/team/", "/admin/billing/wallet/"
USERS, RUNS = "/admin/accounts/user/", "/admin/runs/run/"
COMPONENTS = "/admin/catalogue/componentrelease/"


def act(browser: Client, path: str, action: str, *rows: Model, **answers: str) -> Any:
    """Choose rows in a list and an action, and answer what it asks."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return browser.post(path, {**chosen, **({"answered": "yes", **answers} if answers else {})})


def said(browser: Client, path: str) -> str:
    """The page that an action leads back to."""
    return browser.get(path).content.decode()


def key_of(page: Any) -> str:
    found = re.search(r'name="key" value="(\w+)"', page.content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", [TEAMS, WALLETS])
def test_credit_is_granted_once_however_often_the_page_is_sent(
    operator: Client, olga: User, team: Team, path: str
) -> None:
    row = team if path == TEAMS else team.wallet
    asked = act(operator, path, "grant_credit", row)
    answers = {"amount": "12.345678", "note": "invoice 7", "key": key_of(asked)}

    first = act(operator, path, "grant_credit", row, **answers)
    act(operator, path, "grant_credit", row, **answers)

    assert "Grant credit" in asked.content.decode()
    assert first.status_code == 302
    assert Wallet.objects.get(team=team).balance == 5_000_000 + 12_345_678
    entry = JournalEntry.objects.get(kind="grant")
    assert (entry.by, entry.note) == ("olga", "invoice 7")
    assert sorted(Posting.objects.filter(entry=entry).values_list("amount", flat=True)) == [-12_345_678, 12_345_678]
    event = AuditEvent.objects.get(action="credit.granted")
    assert (event.actor, event.team, event.details["amount"]) == (olga, team, "€12.345678")
    assert f"Granted €12.345678 to {team.name}; its balance is €17.345678 now." in said(operator, path)


def test_more_than_there_is_is_taken_back_only_where_that_is_meant(operator: Client, team: Team) -> None:
    asked = act(operator, TEAMS, "grant_credit", team)
    answers = {"amount": "-100", "note": "slip", "key": key_of(asked)}

    refused = act(operator, TEAMS, "grant_credit", team, **answers).content.decode()
    kept = Wallet.objects.get(team=team).balance
    act(operator, TEAMS, "grant_credit", team, **answers, may_go_below_zero="on")

    assert f"{team.name} has €5.00; take back less" in refused
    assert (kept, Wallet.objects.get(team=team).balance) == (5_000_000, -95_000_000)
    assert f"Took back €100.00 from {team.name}; its balance is −€95.00 now." in said(operator, TEAMS)


def test_a_part_of_the_credit_is_taken_back_without_more_ado(operator: Client, team: Team) -> None:
    asked = act(operator, TEAMS, "grant_credit", team)
    act(operator, TEAMS, "grant_credit", team, amount="-5", note="slip", key=key_of(asked))

    assert f"Took back €5.00 from {team.name}; its balance is €0.00 now." in said(operator, TEAMS)


def test_a_grant_to_several_teams_names_them_with_their_balances(operator: Client, team: Team) -> None:
    other = create_team(slug="other", name="Other team")
    asked = act(operator, TEAMS, "grant_credit", team, other)
    act(operator, TEAMS, "grant_credit", team, other, amount="1", note="x", key=key_of(asked))

    page = said(operator, TEAMS)
    assert "Granted €1.00 to each of " in page
    assert f"{team.name} (balance now €6.00)" in page
    assert "Other team (balance now €6.00)" in page


@pytest.mark.parametrize("amount", ["0", "2000000000", "1.1234567", "much"])
def test_an_amount_that_cannot_be_is_told_and_nothing_granted(operator: Client, team: Team, amount: str) -> None:
    asked = act(operator, TEAMS, "grant_credit", team)
    page = act(operator, TEAMS, "grant_credit", team, amount=amount, note="x", key=key_of(asked))

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not JournalEntry.objects.filter(kind="grant").exists()


def test_a_team_can_be_let_run_without_credit_and_be_limited_again(operator: Client, olga: User, team: Team) -> None:
    act(operator, WALLETS, "require_no_credit", team.wallet)
    without = Wallet.objects.get(team=team).enforced
    act(operator, WALLETS, "require_credit", team.wallet)

    assert not without
    assert Wallet.objects.get(team=team).enforced
    events = AuditEvent.objects.filter(action="credit.enforced", actor=olga).order_by("number")
    assert [event.details for event in events] == [{"enforced": False}, {"enforced": True}]


def test_prices_begin_now_or_later_and_never_in_the_past(operator: Client, olga: User, now: datetime.datetime) -> None:
    tomorrow = (now + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    prices = {"cpu_hour": "0.05", "gib_hour": "0.000001", "note": "spring"}
    before = PriceList.objects.count()

    past = operator.post("/admin/billing/pricelist/add/", {**prices, "effective_from": "2020-01-01T00:00"})
    later = operator.post("/admin/billing/pricelist/add/", {**prices, "effective_from": tomorrow})
    again = operator.post("/admin/billing/pricelist/add/", {**prices, "effective_from": tomorrow})

    assert "cannot begin in the past" in past.content.decode()
    assert later.status_code == 302
    assert "Another price begins at that very moment" in again.content.decode()
    assert PriceList.objects.count() == before + 1
    made = PriceList.objects.order_by("-effective_from")[0]
    assert (made.cpu_hour_micros, made.gib_hour_micros, made.note) == (50_000, 1, "spring")
    assert AuditEvent.objects.get(action="price.set").actor == olga


def test_a_component_gets_a_price_that_holds_at_once(operator: Client) -> None:
    answers = {"component": "overlay", "per_hour": "0.02"}

    assert operator.post("/admin/billing/componentprice/add/", answers).status_code == 302
    unknown = operator.post("/admin/billing/componentprice/add/", {**answers, "component": "nonsense"})

    made = ComponentPrice.objects.get()
    assert (made.component, made.per_hour_micros) == ("overlay", 20_000)
    assert made.effective_from <= clock.now()
    assert unknown.status_code == 200
    assert "€0.02" in said(operator, "/admin/billing/componentprice/")


@pytest.mark.parametrize(("action", "status"), [("deprecate", "deprecated"), ("yank", "yanked")])
def test_a_component_is_deprecated_or_yanked_with_a_note_and_restored(
    operator: Client, olga: User, release: ComponentRelease, action: str, status: str
) -> None:
    silent = act(operator, COMPONENTS, action, release, note=" ")
    act(operator, COMPONENTS, action, release, note="use 2.0.0")
    release.refresh_from_db()
    after = (release.status, release.status_note)
    act(operator, COMPONENTS, "restore", release)
    release.refresh_from_db()

    assert silent.status_code == 200
    assert after == (status, "use 2.0.0")
    assert (release.status, release.status_note) == ("available", "")
    actions = AuditEvent.objects.filter(actor=olga).order_by("number").values_list("action", flat=True)
    assert list(actions) == [f"component.{status}", "component.restored"]


def test_people_are_blocked_let_in_made_staff_and_no_longer(operator: Client, olga: User, alice: User) -> None:
    signed_in = Client()
    signed_in.force_login(alice)
    act(operator, USERS, "block", alice)
    while_blocked = signed_in.get("/accounts/profile/").status_code
    for action in ("unblock", "make_staff", "make_staff", "make_no_staff"):
        act(operator, USERS, action, alice)

    assert while_blocked == 302
    alice.refresh_from_db()
    assert (alice.is_active, alice.is_staff) == (True, False)
    actions = AuditEvent.objects.filter(actor=olga).order_by("number").values_list("action", flat=True)
    assert list(actions) == ["person.blocked", "person.let_in", "operator.made", "operator.ended"]


@pytest.mark.parametrize("action", ["make_no_staff", "block"])
def test_the_last_operator_stays_one(operator: Client, olga: User, action: str) -> None:
    act(operator, USERS, action, olga)

    olga.refresh_from_db()
    assert (olga.is_active, olga.is_staff) == (True, True)
    assert "is the last operator" in said(operator, USERS)


def test_a_run_is_asked_to_stop_and_its_team_can_read_who_did_it(operator: Client, olga: User, run: Run) -> None:
    act(operator, RUNS, "stop", run)
    act(operator, RUNS, "stop", run)

    run.refresh_from_db()
    assert (run.wanted, run.stop_reason) == (False, "an operator of the installation stopped it")
    event = AuditEvent.objects.get(action="run.stopped")
    assert (event.actor, event.team) == (olga, run.team)
