"""Whoever moves money or prices is in the audit log, with how much."""

import datetime

import pytest

from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.accounts.services import create_team
from factory.domain.billing.charging import charge_usage, reverse_entry
from factory.domain.billing.services import grant, set_cap, set_component_price, set_enforced, set_price
from factory.domain.billing.settling import renew_reservations
from factory.domain.runs.models import Run
from tests.factory.metered import START, new_run, started, used

pytestmark = pytest.mark.django_db
LATER = START + datetime.timedelta(days=1)


@pytest.fixture
def team() -> Team:
    return create_team(slug="studio", name="Studio")


@pytest.fixture
def olga() -> User:
    return User.objects.create(username="olga")


def newest() -> AuditEvent:
    event: AuditEvent = AuditEvent.objects.order_by("-pk")[0]
    return event


def test_credit_and_limits_of_a_team_are_in_its_log(team: Team, olga: User) -> None:
    for _ in range(2):
        grant(team=team, micros=7, by=olga, note="Invoice 7", now=START, key="inv-7")
    event = newest()
    assert (event.team, event.actor, event.action) == (team, olga, "credit.granted")
    assert event.details == {"amount": "€0.000007", "key": "inv-7", "note": "Invoice 7"}
    assert AuditEvent.objects.filter(action="credit.granted").count() == 1, "given once, told once"

    set_cap(team=team, micros=5, by=olga, now=START)
    assert (newest().action, newest().details) == ("cap.changed", {"cap": "€0.000005"})

    set_enforced(team=team, enforced=False, by=olga, now=START)
    assert (newest().action, newest().details) == ("credit.enforced", {"enforced": False})


def test_prices_are_in_the_log_of_the_installation(olga: User) -> None:
    set_component_price(component="overlay", per_hour_micros=9, effective_from=LATER, note="", by=olga, now=START)
    assert (newest().team, newest().subject, newest().details["price"]) == (
        None,
        "overlay",
        "€0.000009 an hour",
    )

    set_price(cpu_hour_micros=1, gib_hour_micros=2, effective_from=LATER, note="", by=olga, now=START)
    assert (newest().action, newest().actor, newest().details["cpu"]) == (
        "price.set",
        olga,
        "€0.000001 an hour",
    )


def test_a_reversal_and_an_end_for_want_of_credit_are_in_the_log(olga: User) -> None:
    run = new_run()
    entry = charge_usage(usage_id=used(run).pk, now=START)
    reverse_entry(entry=entry, by=olga, note="Black picture", now=START)
    assert (newest().action, newest().details["note"]) == ("entry.reversed", "Black picture")

    started(run, "caption")
    Run.objects.filter(pk=run.pk).update(paid_until=START)
    set_cap(team=run.team, micros=0, by=olga, now=START)
    renew_reservations(now=START)
    assert (newest().team, newest().action, newest().details["run"]) == (run.team, "run.out_of_credit", run.pk)
