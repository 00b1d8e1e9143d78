"""`python -m tests.bench.usage_history`: a year of a team's usage, read page by page; prints seconds as JSON."""

import datetime
import random
import sys
import time
from collections import defaultdict
from typing import Any

from tests.bench.fresh_database import print_measured

INSTANCES, A_RUN, PIPELINES, DAYS = 100_000, 5, 40, 365
COMPONENTS = [f"component_{number}@1.{number}.0" for number in range(12)]
AT_ONCE = 2000
REPEATS = 7
PER_HOUR = 42_500
PAGES = {
    "this month": "",
    "a year": "?period=custom&from={year_ago}&to={today}",
    "a year of one pipeline": "?period=custom&from={year_ago}&to={today}&pipeline=pipeline-7",
    "a year of one component": "?period=custom&from={year_ago}&to={today}&component=component_3",
}


def _measure() -> dict[str, list[float]]:
    from django.db import connection, transaction
    from django.test import Client

    from factory.domain.accounts.models import User
    from factory.domain.accounts.services import create_team
    from factory.domain.metering.models import InstanceUsage
    from factory.foundation import clock

    now = clock.now()
    owner = User.objects.create_user("owner", email="owner@example.org")
    team = create_team(slug="busy", name="Busy", owner=owner)
    with transaction.atomic():
        _fill(team, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert InstanceUsage.objects.count() == INSTANCES
    browser = Client()
    browser.force_login(owner)
    days = {"today": now.date(), "year_ago": now.date() - datetime.timedelta(days=DAYS)}
    found: dict[str, list[float]] = {}
    for name, query in PAGES.items():
        found[name] = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            page = browser.get("/teams/busy/usage/" + query.format(**days))
            found[name].append(time.perf_counter() - began)
            assert page.status_code == 200
            assert b"By component" in page.content
    return found


def _fill(team: Any, now: datetime.datetime) -> None:
    """Rows as metering and charging would have left them, in bulk."""
    from factory.domain.billing.ledger import account
    from factory.domain.billing.models import AccountKind
    from factory.domain.billing.services import open_wallet
    from factory.domain.pipelines.services import freeze_version, import_yaml
    from tests.factory.hello import HELLO

    open_wallet(team=team, now=now)
    chance = random.Random(1)
    versions = []
    for number in range(PIPELINES):
        text = HELLO.replace("name: hello", f"name: Pipeline {number}")
        versions.append(freeze_version(pipeline=import_yaml(team=team, text=text, now=now), now=now))
    accounts = (account(AccountKind.CREDIT, team), account(AccountKind.USAGE))
    for _ in range(0, INSTANCES, AT_ONCE):
        ends = [now - datetime.timedelta(seconds=chance.randrange(60, DAYS * 86_400)) for _ in range(AT_ONCE // A_RUN)]
        _fill_piece(team, accounts, [(chance.choice(versions), end) for end in ends], chance, now)
    _sum_up(team)


def _fill_piece(team: Any, accounts: Any, runs: list[Any], chance: random.Random, now: datetime.datetime) -> None:
    from factory.domain.runs.models import Instance, Run
    from factory.domain.runs.states import RunState

    made = Run.objects.bulk_create(
        Run(
            team=team, version=version, host="h", state=RunState.STOPPED, requested_at=end, deadline=end, stopped_at=end
        )
        for version, end in runs
    )
    pipelines = {run.pk: version.pipeline_id for run, (version, _) in zip(made, runs, strict=True)}
    instances = Instance.objects.bulk_create(
        Instance(
            run=run,
            node=f"node_{number}",
            attempt=1,
            name=f"pf-{run.pk}-{number}",
            epoch=1,
            engine_state="exited",
            requested_at=run.requested_at,
            started_at=run.requested_at - datetime.timedelta(milliseconds=chance.randrange(1000, 3_600_000)),
            finished_at=run.requested_at,
            ended_at=run.requested_at,
            metered=True,
        )
        for run in made
        for number in range(A_RUN)
    )
    _charge(accounts, _metered(team, pipelines, instances, chance))


def _metered(team: Any, pipelines: dict[str, int], instances: Any, chance: random.Random) -> Any:
    from factory.domain.metering.models import EndSource, InstanceUsage

    return InstanceUsage.objects.bulk_create(
        InstanceUsage(
            instance=each,
            team=team,
            pipeline_id=pipelines[each.run_id],
            run_id=each.run_id,
            node=each.node,
            component=chance.choice(COMPONENTS),
            attempt=1,
            started_at=each.started_at,
            ended_at=each.ended_at,
            milliseconds=(each.ended_at - each.started_at) // datetime.timedelta(milliseconds=1),
            end_source=EndSource.ENGINE.value,
            cpu_millis=1000,
            memory_mib=512,
            recorded_at=each.ended_at,
        )
        for each in instances
    )


def _charge(accounts: Any, usages: Any) -> None:
    from factory.domain.billing.models import EntryKind, JournalEntry, Posting

    entries = JournalEntry.objects.bulk_create(
        JournalEntry(
            idempotency_key=f"usage:{usage.pk}",
            kind=EntryKind.USAGE.value,
            at=usage.ended_at,
            usage=usage,
            run_id=usage.run_id,
            per_hour_micros=PER_HOUR,
        )
        for usage in usages
    )
    Posting.objects.bulk_create(
        Posting(entry=entry, account=each, amount=sign * (entry.usage.milliseconds * PER_HOUR // 3_600_000))
        for entry in entries
        for each, sign in zip(accounts, (-1, 1), strict=True)
    )


def _sum_up(team: Any) -> None:
    """The sums that charging keeps beside each charge."""
    from factory.domain.billing.models import RunUsage, UsageDay
    from factory.domain.metering.models import InstanceUsage

    days: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    runs: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    ends: dict[str, datetime.datetime] = {}
    rows = InstanceUsage.objects.values_list("ended_at", "pipeline_id", "component", "run_id", "milliseconds")
    for ended_at, pipeline, component, run, milliseconds in rows.iterator():
        ends[run] = ended_at
        for sums in (days[ended_at.date(), pipeline, component], runs[run, pipeline]):
            sums[0] += 1
            sums[1] += milliseconds
            sums[2] += milliseconds * PER_HOUR // 3_600_000
    names = ("instances", "milliseconds", "micros")
    UsageDay.objects.bulk_create(
        (
            UsageDay(
                team=team, day=day, pipeline_id=pipeline, component=component, **dict(zip(names, sums, strict=True))
            )
            for (day, pipeline, component), sums in days.items()
        ),
        batch_size=AT_ONCE,
    )
    RunUsage.objects.bulk_create(
        (
            RunUsage(
                run_id=run,
                team=team,
                pipeline_id=pipeline,
                first_ended_at=ends[run],
                last_ended_at=ends[run],
                **dict(zip(names, sums, strict=True)),
            )
            for (run, pipeline), sums in runs.items()
        ),
        batch_size=AT_ONCE,
    )


if __name__ == "__main__":
    sys.exit(print_measured(_measure))
