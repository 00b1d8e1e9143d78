"""Billed milliseconds equal the engine's own, for 200 runs with kills among them."""

import collections
import datetime
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from django.db.models import Sum
from docker.errors import APIError, NotFound
from pytest_django import Settings

from factory.domain.accounts.services import create_team
from factory.domain.billing.models import JournalEntry, Posting, Wallet
from factory.domain.billing.proof import check_books, waiting
from factory.domain.billing.settling import settle
from factory.domain.metering.models import InstanceUsage
from factory.domain.metering.signals import usage_recorded
from factory.domain.runs.models import Instance, Run
from factory.domain.runs.selectors import OVER
from factory.domain.runs.services import request_stop
from factory.domain.runs.signals import instance_ended
from factory.foundation import clock
from factory.foundation.ids import new_id
from factory.orchestration.admission import LONGEST_RUN, start_run
from tests.journeys import inspected_driver
from tests.journeys.metered_world import ACTS, Workers, environment_of, make_components, make_versions, remove_images

RUNS = 200
AT_ONCE = 10
MOST_SECONDS = 400
FATES = ("asked", "killed", "stopped from outside", "left")


@pytest.fixture
def engine() -> Iterator[docker.APIClient]:
    client = docker.APIClient()
    yield client
    client.close()


@pytest.fixture
def folder(settings: Settings, engine: docker.APIClient, transactional_db: None) -> Iterator[Path]:
    """An installation of its own whose components are tiny."""
    with tempfile.TemporaryDirectory(prefix="pf-") as name:
        place = Path(name)
        make_components(place / "components", engine)
        settings.FACTORY_STATE, settings.FACTORY_SOCKETS = place, place / "s"
        settings.FACTORY_COMPONENTS = place / "components"
        settings.FACTORY_INSTALL = f"metered{new_id(8)}"
        settings.FACTORY_DRIVER = "tests.journeys.inspected_driver.build"
        yield place
        for container in engine.containers(all=True, filters={"label": f"factory.install={settings.FACTORY_INSTALL}"}):
            engine.remove_container(container["Id"], force=True)
        remove_images(engine)


class Director:
    """Starts the runs, a few at once, and gives each its fate soon after its instance has started."""

    def __init__(self, engine: docker.APIClient, workers: Workers, host: str) -> None:
        self._engine = engine
        self._workers = workers
        self._host = host
        self._due: dict[str, tuple[float, str]] = {}
        self.fates: collections.Counter[str] = collections.Counter()

    def play(self) -> None:
        versions, began = make_versions(create_team(slug="metered", name="Metered")), time.monotonic()
        asked_for = 0
        while asked_for < RUNS or Run.objects.exclude(state__in=OVER).exists():
            assert time.monotonic() - began < MOST_SECONDS, f"{asked_for} runs were asked for, and not all are over"
            unfinished = set(Run.objects.exclude(state__in=OVER).values_list("pk", flat=True))
            for _ in range(min(AT_ONCE - len(unfinished), RUNS - asked_for)):
                now = clock.now()
                version = versions[ACTS[asked_for % len(ACTS)]]
                start_run(version=version, now=now, deadline=now + LONGEST_RUN, host=self._host)
                asked_for += 1
            self._give_fates(unfinished)
            self._workers.keep_dying()
            time.sleep(0.1)

    def _give_fates(self, unfinished: set[str]) -> None:
        started = Instance.objects.filter(run__in=unfinished, started_at__isnull=False, attempt=1)
        for run_id in started.values_list("run_id", flat=True):
            self._due.setdefault(run_id, (time.monotonic() + random.uniform(0, 1), random.choice(FATES)))
        for run_id, (due, fate) in list(self._due.items()):
            if due <= time.monotonic() and run_id in unfinished:
                self._act(run_id, fate)
                # Whatever befell it, nobody waits for what lives on or is tried again.
                self._due[run_id] = (time.monotonic() + 1.5, "asked")

    def _act(self, run_id: str, fate: str) -> None:
        self.fates[fate] += 1
        name = f"pf-{run_id}-node-1"
        try:
            if fate == "killed":
                self._engine.kill(name, "SIGKILL")
            elif fate == "stopped from outside":
                self._engine.stop(name, timeout=0)
            elif fate == "asked":
                request_stop(run_id=run_id, now=clock.now(), reason="a test")
        except (NotFound, APIError):
            # It has ended by itself meanwhile.
            self.fates["too late"] += 1


def microseconds(text: str) -> int:
    """The engine's nanoseconds, cut to whole microseconds since the Unix epoch."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", text)
    assert match, text
    second = datetime.datetime.fromisoformat(f"{match[1]}+00:00")
    return int(second.timestamp()) * 1_000_000 + int((match[2] or "").ljust(9, "0")[:6])


def said_by_the_engine(folder: Path) -> dict[str, int]:
    """Milliseconds of every container, from what the engine said just before it was forgotten."""
    said: dict[str, set[int]] = {}
    for line in (folder / inspected_driver.FILE).read_text().splitlines():
        row = json.loads(line)
        taken = microseconds(row["FinishedAt"]) - microseconds(row["StartedAt"])
        said.setdefault(row["name"], set()).add(max(0, taken) // 1000)
    assert all(len(values) == 1 for values in said.values()), "the engine changed its mind"
    return {name: values.pop() for name, values in said.items()}


def wait_until_nothing_is_left(engine: docker.APIClient, install: str) -> None:
    """What a worker that was killed left behind, another one's sweep finds."""
    began = time.monotonic()
    while left := engine.containers(all=True, filters={"label": f"factory.install={install}"}):
        assert time.monotonic() - began < 60, f"{len(left)} containers are left"
        time.sleep(0.1)


def replay_everything() -> None:
    """Every bell once more, in any order, and the sweep."""
    instances = list(Instance.objects.values_list("pk", flat=True))
    rows = list(InstanceUsage.objects.values_list("pk", flat=True))
    random.shuffle(instances)
    for instance_id in instances:
        instance_ended.send(sender=None, instance_id=instance_id)
    for usage_id in rows:
        usage_recorded.send(sender=None, usage_id=usage_id)
    settle(now=clock.now())


@pytest.mark.engine
@pytest.mark.fault
def test_billed_milliseconds_equal_the_engines_for_200_runs_with_kills_among_them(
    folder: Path, engine: docker.APIClient, settings: Settings
) -> None:
    workers = Workers(2, environment_of(settings.FACTORY_INSTALL, folder), folder / "workers.log")
    director = Director(engine, workers, settings.FACTORY_HOST)
    try:
        director.play()
        wait_until_nothing_is_left(engine, settings.FACTORY_INSTALL)
    finally:
        workers.close()
    settle(now=clock.now())

    expected = said_by_the_engine(folder)
    billed = dict(InstanceUsage.objects.values_list("instance__name", "milliseconds"))
    assert billed == expected
    assert len(expected) >= RUNS
    assert set(InstanceUsage.objects.values_list("end_source", flat=True)) == {"engine"}
    assert Instance.objects.filter(out_of_memory=True).exists(), "some ended for want of memory"
    assert director.fates["killed"] > 10
    assert workers.kills >= 3
    assert (check_books(), waiting()) == ([], 0)
    assert Wallet.objects.get(team__slug="metered").reserved == 0
    assert Posting.objects.aggregate(sum=Sum("amount"))["sum"] == 0

    entries, postings = JournalEntry.objects.count(), Posting.objects.count()
    replay_everything()
    assert (JournalEntry.objects.count(), Posting.objects.count()) == (entries, postings)
    print(f"{len(expected)} containers, {workers.kills} workers killed, {dict(director.fates)}")
