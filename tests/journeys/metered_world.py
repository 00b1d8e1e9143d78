"""Tiny components of this machine's own Python, workers in processes of their own, and one who kills both."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import docker
from django.db import connection

from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.services import freeze_version, import_yaml
from factory.foundation import clock
from tests.drivers.actor_image import ensure_image

ROOT = Path(__file__).resolve().parents[2]
ACTS = ("ends", "stays", "stubborn", "hungry", "fails")
IMAGE = "media-pipeline-factory/metered_{act}"
MANIFEST = """
api_version: 1
name: metered_{act}
version: 1.0.0
publisher: factory
kind: gateway
title: Metered
description: Lives for a while.
license: Apache-2.0
outputs:
  ticks: {{type: data, formats: [message]}}
resources: {{memory_mib: 32, cpus: 1.0, pids: 16}}
runtime: {{ready_seconds: 600, stop_seconds: 1}}
"""
WORKER = """
import time
import concurrent.futures
import django
django.setup()
from django.db import connection
from factory.domain.billing.settling import settle
from factory.domain.runs.selectors import unfinished_runs
from factory.foundation import clock
from factory.foundation.errors import FactoryError
from factory.orchestration.reconcile import reconcile, sweep

def look(run_id):
    try:
        reconcile(run_id=run_id, now=clock.now())
    except FactoryError as error:
        print(error)
    finally:
        connection.close()

swept = 0.0
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    while True:
        list(pool.map(look, unfinished_runs()))
        settle(now=clock.now())
        if time.monotonic() - swept > 3:
            sweep(now=clock.now())
            swept = time.monotonic()
        time.sleep(0.05)
"""


def make_components(folder: Path, client: docker.APIClient) -> None:
    """One component an act, and its image."""
    for act in ACTS:
        place = folder / "gateways" / f"metered_{act}"
        place.mkdir(parents=True)
        (place / "component.yaml").write_text(MANIFEST.format(act=act))
        (place / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>')
        client.tag(ensure_image(client, act), IMAGE.format(act=act), "1.0.0")


def remove_images(client: docker.APIClient) -> None:
    for act in ACTS:
        client.remove_image(f"{IMAGE.format(act=act)}:1.0.0", force=True)


def make_versions(team: Team) -> dict[str, Version]:
    """A pipeline of one node an act."""
    return {act: _version(team, act) for act in ACTS}


def _version(team: Team, act: str) -> Version:
    text = f"api_version: 1\nname: {act}\nnodes:\n  node: {{component: metered_{act}@1.0.0}}\nwires: []\n"
    return freeze_version(pipeline=import_yaml(team=team, text=text, now=clock.now()), now=clock.now())


class Workers:
    """Processes that look after every run, and are killed and replaced at random moments."""

    def __init__(self, count: int, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._processes = [self._spawn() for _ in range(count)]
        self.kills = 0
        self._next_kill = time.monotonic() + 8

    def keep_dying(self) -> None:
        """Kill one of them every dozen seconds, whatever it does just now."""
        if time.monotonic() < self._next_kill:
            return
        self._next_kill = time.monotonic() + random.uniform(8, 16)
        place = random.randrange(len(self._processes))
        victim = self._processes[place]
        assert victim.poll() is None, f"a worker ended by itself: {self._log.read_text()[-2000:]}"
        victim.kill()
        victim.wait()
        self.kills += 1
        self._processes[place] = self._spawn()

    def close(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", WORKER], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )


def environment_of(install: str, folder: Path) -> dict[str, str]:
    """That of the test itself: its database, its install, its folders."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "DOCKER_HOST")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "factory.settings",
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "FACTORY_STATE": str(folder),
        "FACTORY_SOCKETS": str(folder / "s"),
        "FACTORY_COMPONENTS": str(folder / "components"),
        "FACTORY_INSTALL": install,
        "FACTORY_DRIVER": "tests.journeys.inspected_driver.build",
        "PYTHONPATH": str(ROOT),
    }
