import datetime
from typing import Any

import pytest
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team, ensure_home
from factory.domain.billing.models import ComponentPrice, JournalEntry, PriceList
from factory.domain.billing.prices import price_words, rate_of
from factory.domain.billing.proof import check_books
from factory.domain.billing.selectors import standing_of
from factory.domain.billing.services import (
    AmountRefused,
    GrantKeyUsed,
    PriceRefused,
    grant,
    open_wallet,
    set_cap,
    set_component_price,
    set_enforced,
    set_price,
)
from factory.domain.runs.models import Run
from tests.factory.metered import START, new_run

pytestmark = pytest.mark.django_db
LATER = START + datetime.timedelta(hours=1)


@pytest.fixture
def team() -> Team:
    return create_team(slug="studio", name="Studio")


@pytest.fixture
def operator() -> User:
    return User.objects.create(username="olga")


def test_a_team_gets_its_credit_to_try_once(team: Team) -> None:
    for _ in range(3):
        open_wallet(team=team, now=START)

    standing = standing_of(team, START)
    assert (standing.balance, standing.available, standing.reserved) == (5_000_000, 5_000_000, 0)
    assert standing.enforced
    assert [entry.idempotency_key for entry in JournalEntry.objects.all()] == [f"trial:{team.pk}"]


def test_without_credit_to_try_a_wallet_is_empty(team: Team, settings: Settings) -> None:
    settings.FACTORY_TRIAL_CREDIT = 0

    assert open_wallet(team=team, now=START).balance == 0
    assert not JournalEntry.objects.exists()


def test_who_founds_one_team_after_another_gets_credit_to_try_once(alice: User) -> None:
    teams = [create_team(slug=slug, name=slug, owner=alice) for slug in ("first", "second", "third")]
    balances = [open_wallet(team=team, now=START).balance for team in teams]

    assert balances == [5_000_000, 0, 0]


def test_where_nobody_is_billed_every_new_team_runs_without_credit(team: Team, settings: Settings) -> None:
    settings.FACTORY_CREDIT_NEEDED = False
    wallet = open_wallet(team=team, now=START)

    assert (wallet.balance, wallet.enforced, wallet.is_limited) == (0, False, False)


def test_the_operators_own_team_is_neither_given_credit_nor_refused() -> None:
    wallet = open_wallet(team=ensure_home(), now=START)

    assert (wallet.balance, wallet.enforced, wallet.is_limited) == (0, False, False)


def test_a_team_is_opened_once_it_is_kept(transactional_db: None) -> None:
    team = create_team(slug="kept", name="Kept")

    assert standing_of(team, START).balance == 5_000_000


def test_a_grant_of_the_same_key_is_given_once(team: Team, operator: User) -> None:
    first = grant(team=team, micros=20_000_000, by=operator, note="Invoice 7", now=START, key="inv-7")
    again = grant(team=team, micros=20_000_000, by=operator, note="Invoice 7", now=LATER, key="inv-7")

    assert again == first
    assert (first.by, first.note) == ("olga", "Invoice 7")
    assert standing_of(team, START).balance == 25_000_000


def test_a_key_does_not_stand_for_two_grants(team: Team, operator: User) -> None:
    grant(team=team, micros=1, by=operator, note="", now=START, key="k")
    other = create_team(slug="other", name="Other")

    for target, micros in ((team, 2), (other, 1)):
        with pytest.raises(GrantKeyUsed, match="another key"):
            grant(team=target, micros=micros, by=operator, note="", now=START, key="k")


def test_two_teams_that_are_given_one_key_at_once_do_not_both_get_it(
    team: Team, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(team=team, micros=1, by=operator, note="", now=START, key="k")
    other = create_team(slug="other", name="Other")
    monkeypatch.setattr("factory.domain.billing.services.find_entry", lambda key: None)

    with pytest.raises(GrantKeyUsed, match="another key"):
        grant(team=other, micros=1, by=operator, note="", now=START, key="k")

    assert standing_of(other, START).balance == 0


def test_a_negative_grant_takes_credit_back(team: Team, operator: User) -> None:
    grant(team=team, micros=-5_000_000, by=operator, note="Closed", now=START, key="closing")

    assert standing_of(team, START).balance == 0
    assert check_books() == []


@pytest.mark.parametrize("micros", [0, 10**15 + 1, -(10**15) - 1])
def test_a_slip_of_the_finger_is_not_granted(team: Team, operator: User, micros: int) -> None:
    with pytest.raises(AmountRefused):
        grant(team=team, micros=micros, by=operator, note="", now=START, key="k")


def test_a_cap_is_set_and_taken_away(team: Team, operator: User) -> None:
    set_cap(team=team, micros=3_000_000, by=operator, now=START)
    assert standing_of(team, START).cap == 3_000_000

    set_cap(team=team, micros=None, by=operator, now=START)
    assert standing_of(team, START).cap is None

    with pytest.raises(AmountRefused):
        set_cap(team=team, micros=-1, by=operator, now=START)


def test_what_runs_already_has_to_be_paid_for_once_its_team_is_limited(operator: User) -> None:
    run = new_run()
    set_enforced(team=run.team, enforced=False, by=operator, now=START)
    Run.objects.filter(pk=run.pk).update(paid_until=None)

    set_cap(team=run.team, micros=1_000_000, by=operator, now=START)

    assert Run.objects.get(pk=run.pk).paid_until == START + datetime.timedelta(seconds=60)


def test_an_instance_costs_what_was_in_force_when_it_started(operator: User) -> None:
    prices: dict[str, Any] = {"gib_hour_micros": 0, "note": "", "by": operator, "now": START}
    set_price(cpu_hour_micros=100_000, effective_from=LATER, **prices)
    set_component_price(component="overlay", per_hour_micros=7, effective_from=LATER, note="", by=operator, now=START)

    assert rate_of("overlay@1.0.0", 1000, 1024, START) == 45_000
    assert rate_of("overlay@1.0.0", 1000, 1024, LATER) == 100_007
    assert rate_of("recorder@2.0.0", 1000, 1024, LATER + datetime.timedelta(days=999)) == 100_000


def test_listings_say_a_components_own_price(operator: User) -> None:
    set_component_price(
        component="overlay", per_hour_micros=40_000, effective_from=START, note="", by=operator, now=START
    )

    assert price_words("overlay", START) == "€0.04 an hour"
    assert price_words("recorder", START) == "free"


def test_no_price_begins_in_the_past_or_at_the_moment_of_another(operator: User) -> None:
    new: dict[str, Any] = {"note": "", "by": operator, "now": START}
    own: dict[str, Any] = {"component": "overlay", "per_hour_micros": 1, **new}
    every: dict[str, Any] = {"cpu_hour_micros": 1, "gib_hour_micros": 1, **new}
    set_component_price(effective_from=LATER, **own)
    set_price(effective_from=LATER, **every)

    for moment in (START - datetime.timedelta(microseconds=1), LATER):
        with pytest.raises(PriceRefused):
            set_component_price(effective_from=moment, **own)
        with pytest.raises(PriceRefused):
            set_price(effective_from=moment, **every)
    assert (PriceList.objects.count(), ComponentPrice.objects.count()) == (2, 1)


def test_a_negative_price_is_refused(operator: User) -> None:
    with pytest.raises(AmountRefused):
        set_component_price(
            component="overlay", per_hour_micros=-1, effective_from=START, note="", by=operator, now=START
        )
