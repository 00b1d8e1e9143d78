"""Whatever order events come in, however often and however many get lost: the books come out the same."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.domain.billing.charging import charge_usage
from factory.domain.billing.models import Posting, UsageDay, Wallet
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.reservations import OutOfCredit, release_run, renew_run, reserve_run
from factory.domain.billing.settling import settle
from factory.domain.metering.models import InstanceUsage
from factory.domain.metering.services import record_usage
from factory.domain.runs.models import Instance, Run
from factory.domain.runs.states import RunState
from tests.factory.metered import START, end, new_run, started

NODES = ("camera", "caption", "file")
DURATIONS = (61_234.5, 5_000.0, -3.0)
EVENTS = st.lists(
    st.tuples(st.sampled_from(["end", "meter", "charge", "renew", "over", "release", "settle"]), st.integers(0, 2)),
    max_size=25,
)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing is kept, so that every example begins alike."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Story:
    """A run of three instances, and what may happen to it."""

    def __init__(self) -> None:
        self.run = new_run()
        reserve_run(run=self.run, per_hour=127_500, now=START)
        self.instances = [started(self.run, node) for node in NODES]
        self.seconds = 0

    def act(self, event: str, which: int) -> None:
        self.seconds += 7
        now = START + datetime.timedelta(seconds=self.seconds)
        instance = self.instances[which]
        match event:
            case "end" if instance.finished_at is None:
                end(instance, milliseconds=DURATIONS[which])
            case "meter":
                record_usage(instance_id=instance.pk, now=now)
            case "charge":
                for usage in InstanceUsage.objects.filter(instance=instance):
                    charge_usage(usage_id=usage.pk, now=now)
            case "renew":
                self._renew(now)
            case "over" if not Instance.objects.filter(run=self.run, ended_at=None).exists():
                Run.objects.filter(pk=self.run.pk).update(state=RunState.STOPPED)
            case "release":
                release_run(run_id=self.run.pk, now=now)
            case "settle":
                settle(now=now)

    def finish(self) -> None:
        """What the sweeps of any later day see to."""
        for number in range(len(NODES)):
            self.act("end", number)
        self.act("over", 0)
        self.act("settle", 0)

    def _renew(self, now: datetime.datetime) -> None:
        try:
            renew_run(run_id=self.run.pk, now=now)
        except OutOfCredit:
            pass


def books(story: Story) -> tuple[object, ...]:
    """All that must not depend on the order."""
    wallet = Wallet.objects.get(team=story.run.team)
    days = UsageDay.objects.order_by("day", "component").values_list("component", "milliseconds", "micros")
    postings = sorted(Posting.objects.values_list("account__kind", "amount"))
    return wallet.balance, wallet.reserved, wallet.spent, list(days), postings


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=40)
@given(EVENTS)
def test_every_order_of_events_gives_the_same_books(events: list[tuple[str, int]]) -> None:
    with undone():
        straight = Story()
        straight.finish()
        expected = books(straight)
    with undone():
        story = Story()
        for event, which in events:
            story.act(event, which)
            assert check_books() == []
        story.finish()

        assert books(story) == expected
        assert (check_books(), waiting()) == ([], 0)
        assert Wallet.objects.get(team=story.run.team).reserved == 0


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=20)
@given(EVENTS)
def test_playing_everything_again_posts_nothing(events: list[tuple[str, int]]) -> None:
    with undone():
        story = Story()
        story.finish()
        expected = books(story)

        for event, which in events:
            story.act(event, which)

        assert books(story) == expected
