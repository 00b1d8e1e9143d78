"""Whoever is killed wherever between two effects: each instance is charged once, and nothing stays set aside."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
Call = Callable[..., "subprocess.CompletedProcess[str]"]

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from factory.domain.billing.services import open_wallet
from factory.foundation import clock
from tests.factory.hello import hello_version
open_wallet(team=hello_version(clock.now()).pipeline.team, now=clock.now())
"""
START = """
from django.conf import settings
from factory.domain.pipelines.models import Version
from factory.foundation import clock
from factory.orchestration.admission import LONGEST_RUN, start_run
version, now = Version.objects.get(number=1), clock.now()
start_run(version=version, now=now, deadline=now + LONGEST_RUN, host=settings.FACTORY_HOST)
"""
LOOK = """
import time
from datetime import timedelta
from factory.domain.billing.settling import settle
from factory.domain.runs.models import Run
from factory.foundation import clock
from factory.orchestration.reconcile import reconcile
run = Run.objects.get()
Run.objects.filter(state="waiting").update(paid_until=clock.now() + timedelta(seconds=1))
for _ in range(100):
    reconcile(run_id=run.pk, now=clock.now())
    if Run.objects.get().run_state.is_over:
        break
    time.sleep(0.1)
reconcile(run_id=run.pk, now=clock.now())
settle(now=clock.now())
"""
TELL = """
import json
from factory.domain.billing.models import JournalEntry, Reservation, Wallet
from factory.domain.billing.proof import check_books, waiting
from factory.domain.metering.models import InstanceUsage
from factory.domain.runs.models import Instance, Run
wallet = Wallet.objects.get()
print(json.dumps({
    "runs": [run.state for run in Run.objects.all()],
    "instances": Instance.objects.count(),
    "usage": InstanceUsage.objects.count(),
    "charges": JournalEntry.objects.filter(kind="usage").count(),
    "reserved": wallet.reserved,
    "open": Reservation.objects.filter(released_at=None).count(),
    "waiting": waiting(),
    "wrong": check_books(),
}))
"""


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A state folder with a database in which a pipeline waits to be run."""
    with tempfile.TemporaryDirectory(prefix="pf-") as folder:
        done = _call(Path(folder), PREPARE)
        assert done.returncode == 0, done.stderr
        yield Path(folder)


@pytest.fixture
def call(prepared: Path) -> Iterator[Call]:
    """Run a script in a copy of it, where every instance ends by itself after a moment."""
    with tempfile.TemporaryDirectory(prefix="pf-") as folder:
        state = Path(folder)
        shutil.copytree(prepared, state, dirs_exist_ok=True)
        (state / "fake_driver.json").write_text(json.dumps({"acts": {"*": {"run_for": 0.3}}}))
        yield lambda script, fault="": _call(state, script, fault)


def _call(state: Path, script: str, fault: str = "") -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "factory.settings",
        "FACTORY_STATE": str(state),
        "FACTORY_SOCKETS": str(state / "s"),
        "FACTORY_DRIVER": "tests.fakes.fake_driver.build",
        "FACTORY_FAULT": f"{fault}:kill9" if fault else "",
        "PYTHONPATH": str(ROOT),
    }
    whole = f"import django\ndjango.setup()\n{script}"
    command = [sys.executable, "-c", whole]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def tell(call: Call, first: str = "") -> dict[str, Any]:
    """What the database says, after something was done."""
    done = call(first + TELL)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


SETTLED = {
    "runs": ["stopped"],
    "instances": 3,
    "usage": 3,
    "charges": 3,
    "reserved": 0,
    "open": 0,
    "waiting": 0,
    "wrong": [],
}


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.parametrize(
    "point",
    [
        "after_create",
        "after_end",
        "before_usage_commit",
        "before_charge_commit",
        "before_renewal_commit",
        "before_release_commit",
    ],
)
def test_whoever_works_on_is_right_again_after_a_kill(call: Call, point: str) -> None:
    assert call(START + LOOK, point).returncode == -9
    assert tell(call)["wrong"] == [], "the books are right at every moment"

    # Looked at twice: the second time there is nothing to do.
    assert tell(call, LOOK + LOOK) == SETTLED


@pytest.mark.slow
@pytest.mark.fault
def test_a_start_that_is_killed_before_it_is_kept_sets_nothing_aside(call: Call) -> None:
    assert call(START, "before_reserve_commit").returncode == -9

    told = tell(call)
    assert (told["runs"], told["reserved"], told["open"], told["wrong"]) == ([], 0, 0, [])

    assert tell(call, START + LOOK) == SETTLED
