import datetime

import pytest
from django.db.models import Sum
from pytest_django import DjangoCaptureOnCommitCallbacks

from factory.domain.billing.charging import charge_missed, charge_usage, reverse_entry
from factory.domain.billing.ledger import EntryReversed
from factory.domain.billing.models import JournalEntry, Posting, RunUsage, UsageDay, Wallet
from factory.domain.billing.proof import check_books
from factory.domain.billing.selectors import run_cost, standing_of
from factory.domain.metering.models import OpenUsage
from factory.domain.metering.services import record_usage
from tests.factory.metered import AN_HOUR, START, end, new_run, started, used

pytestmark = pytest.mark.django_db
HOURLY = 40_000 + 2_500
"""One processor and half a GiB at the built-in prices."""


def test_an_hour_is_charged_at_the_price_of_an_hour() -> None:
    usage = used(new_run())

    entry = charge_usage(usage_id=usage.pk, now=START)

    assert (entry.idempotency_key, entry.per_hour_micros, entry.run) == (f"usage:{usage.pk}", HOURLY, usage.run)
    assert standing_of(usage.team, START).balance == 5_000_000 - HOURLY
    assert Posting.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    assert check_books() == []


def test_replaying_a_charge_posts_nothing() -> None:
    usage = used(new_run())
    first = charge_usage(usage_id=usage.pk, now=START)
    postings = Posting.objects.count()

    assert charge_usage(usage_id=usage.pk, now=START + datetime.timedelta(days=1)) == first
    assert charge_missed(now=START) == 0
    assert Posting.objects.count() == postings


def test_what_is_too_short_to_cost_anything_is_charged_all_the_same() -> None:
    usage = used(new_run(), milliseconds=0.4)

    entry = charge_usage(usage_id=usage.pk, now=START)

    assert list(entry.postings.values_list("amount", flat=True)) == [0, 0]
    assert check_books() == []


def test_the_sums_of_the_day_and_of_the_run_follow_every_charge() -> None:
    run = new_run()
    for node, attempt in (("camera", 1), ("camera", 2), ("caption", 1)):
        charge_usage(usage_id=used(run, node, attempt=attempt).pk, now=START)

    rows = UsageDay.objects.order_by("component").values_list("component", "instances", "milliseconds", "micros")
    assert list(rows) == [
        ("overlay@1.0.0", 1, AN_HOUR, HOURLY),
        ("test_source@1.0.0", 2, 2 * AN_HOUR, 2 * HOURLY),
    ]
    assert {day.day for day in UsageDay.objects.all()} == {datetime.date(2026, 11, 22)}
    of_run = RunUsage.objects.get()
    assert (of_run.instances, of_run.milliseconds, of_run.micros) == (3, 3 * AN_HOUR, 3 * HOURLY)


def test_an_instance_belongs_to_the_day_and_month_in_which_it_ended() -> None:
    run = new_run()
    newer = used(run, milliseconds=10 * 24 * AN_HOUR)
    older = used(run, "caption")
    for usage in (newer, older):
        charge_usage(usage_id=usage.pk, now=START)

    wallet = Wallet.objects.get(team=run.team)
    assert (wallet.month, wallet.spent) == (datetime.date(2026, 12, 1), 240 * HOURLY)
    assert standing_of(run.team, newer.ended_at).spent_this_month == 240 * HOURLY
    assert standing_of(run.team, datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)).spent_this_month == 0
    assert check_books() == []


def test_usage_is_charged_when_it_is_kept(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    instance = end(started(new_run()), milliseconds=AN_HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        record_usage(instance_id=instance.pk, now=START)

    assert JournalEntry.objects.get(usage__instance=instance).kind == "usage"
    assert not OpenUsage.objects.exists()


def test_a_sweep_charges_what_no_bell_told_so_many_at_a_time() -> None:
    run = new_run()
    for node in ("camera", "caption", "file"):
        used(run, node)

    assert [charge_missed(now=START, most=2), charge_missed(now=START, most=2), charge_missed(now=START)] == [2, 1, 0]


def test_a_reversal_gives_the_money_back_and_keeps_what_was_used() -> None:
    usage = used(new_run())
    entry = charge_usage(usage_id=usage.pk, now=START)

    made = reverse_entry(entry=entry, by=None, note="The picture was black", now=START)

    assert (made.reverses, made.note) == (entry, "The picture was black")
    standing = standing_of(usage.team, START)
    assert (standing.balance, standing.spent_this_month) == (5_000_000, 0)
    day = UsageDay.objects.get()
    assert (day.milliseconds, day.micros) == (AN_HOUR, 0)
    assert run_cost(usage.run_id, START).total(START) == 0
    assert check_books() == []


def test_an_entry_is_reversed_once_and_a_reversal_never() -> None:
    entry = charge_usage(usage_id=used(new_run()).pk, now=START)
    made = reverse_entry(entry=entry, by=None, note="", now=START)

    for each in (entry, made):
        with pytest.raises(EntryReversed):
            reverse_entry(entry=each, by=None, note="", now=START)


def test_a_run_costs_what_is_charged_what_ended_and_what_runs() -> None:
    run = new_run()
    charge_usage(usage_id=used(run, "camera").pk, now=START)
    used(run, "caption")
    end(started(run, "file"), milliseconds=AN_HOUR)
    started(run, "camera", attempt=2)

    cost = run_cost(run.pk, START)

    assert cost.settled == 3 * HOURLY
    assert cost.running == ((START, HOURLY),)
    assert cost.total(START + datetime.timedelta(hours=2)) == 5 * HOURLY
    assert cost.total(START - datetime.timedelta(hours=2)) == 3 * HOURLY
