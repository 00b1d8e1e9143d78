"""Runs the stages of `make check` and `make test`, all of them even if one fails, and adds them up in one last line."""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "test"
SETUP = ROOT / "deploy" / "setup"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
ALONE = ("engine", "browser", "journey")
"""Tests that share the machine's engine and its processor's time, and so run one at a time."""
WORKERS = str(min(4, os.cpu_count() or 1))


@dataclasses.dataclass(frozen=True)
class Stage:
    """One command; where it runs tests, they are counted from its report.

    Attributes:
        name: shown before and in the sum.
        command: run in the root of the repository.
        environment: beside our own.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def report(self) -> Path:
        """Where its tests are counted."""
        return OUT / f"{self.name.replace(' ', '-')}.xml"


@dataclasses.dataclass
class Count:
    """How tests ended; several counts add up."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Count what a report says; one that was never written says nothing."""
        if not report.exists():
            return
        for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += int(suite.get("tests", 0)) - failed - skipped

    def __str__(self) -> str:
        parts = {"failed": self.failed, "passed": self.passed, "skipped": self.skipped}
        return ", ".join(f"{number} {word}" for word, number in parts.items() if number) or "no tests ran"


def pytest(name: str, *arguments: str, marks: str, parallel: bool, environment: dict[str, str] | None = None) -> Stage:
    """A stage of tests, those that the marks choose."""
    stage = Stage(name, [], environment or {})
    workers = ["-n", WORKERS, "--dist", "worksteal"] if parallel else []
    command = [sys.executable, "-m", "pytest", "-m", marks, f"--junitxml={stage.report}", *workers, *arguments]
    return dataclasses.replace(stage, command=command)


def without(*marks: str) -> str:
    """Tests that have none of the marks."""
    return " and ".join(f"not {mark}" for mark in marks)


def fast_stages() -> list[Stage]:
    """What `make check` runs."""
    return [lint(), editor(), pytest("tests on SQLite", marks=without(*ALONE, "postgres", "slow"), parallel=True)]


def editor() -> Stage:
    """The tests of what runs in the browser, without one."""
    stage = Stage("editor", [])
    reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={stage.report}"]
    node = Path(sys.executable).parent
    vitest = ROOT / "builder_ui" / "node_modules" / "vitest" / "vitest.mjs"
    command = [str(node / "node"), str(vitest), "run", "--root", str(ROOT / "builder_ui"), *reporters]
    return dataclasses.replace(stage, command=command)


def lint() -> Stage:
    """Everything that reads the code without running it."""
    return Stage("lint", [sys.executable, "-m", "deploy.checks.lint"])


def all_stages(*, database_url: str, engine: bool) -> list[Stage]:
    """What `make test` runs: the same and the slow ones, the database's on PostgreSQL, containers and browsers."""
    alone = "(" + " or ".join(ALONE) + ") and not postgres"
    return [
        lint(),
        editor(),
        pytest("tests on SQLite", marks=without(*ALONE, "postgres"), parallel=True),
        # pytest-django makes a database of its own for each worker.
        pytest(
            "tests on PostgreSQL",
            "tests/factory",
            marks=without(*ALONE, "slow"),
            parallel=True,
            environment={"DATABASE_URL": database_url},
        ),
        Stage("images", [sys.executable, "-m", "deploy.images.build", *([] if IN_CI else ["--if-engine"])]),
        pytest("journeys", marks=alone if engine else f"{alone} and not engine", parallel=False),
    ]


def engine_answers() -> bool:
    """Whether containers can be had; without, a developer's run leaves their tests out and says so, CI's fails."""
    command = [sys.executable, str(SETUP / "start_engine.py"), "--strict"]
    answers = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0
    if not answers and not IN_CI:
        print("tests that need a container engine are left out")
    return answers or IN_CI


def write_durations(stages: dict[str, float]) -> None:
    """Leave what it took where the bars are read; `make check` leaves nothing."""
    if "journeys" in stages:
        (OUT / "durations.json").write_text(json.dumps({"total": sum(stages.values()), "stages": stages}))


def run(stages: list[Stage]) -> int:
    """Run them in order; returns 1 if any failed."""
    OUT.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    count, failed, durations = Count(), [], {}
    for stage in stages:
        stage.report.unlink(missing_ok=True)
        print(f"\n=== {stage.name}", flush=True)
        before = time.monotonic()
        environment = {**os.environ, **stage.environment}
        done = subprocess.run(stage.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        durations[stage.name] = time.monotonic() - before
        count.add(stage.report)
        if done.returncode:
            failed.append(stage.name)
    print("\n" + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in durations.items()))
    write_durations(durations)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    print(f"=== {count} in {time.monotonic() - began:.1f} s ===", flush=True)
    return 1 if failed else 0


def main() -> int:
    """Check, or prove everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["fast", "all"])
    if parser.parse_args().what == "fast":
        return run(fast_stages())
    started = subprocess.run(
        [SETUP / "start_postgresql.sh"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    if started.returncode:
        print("=== no tests ran: PostgreSQL did not start ===")
        return 1
    return run(all_stages(database_url=started.stdout.strip(), engine=engine_answers()))


if __name__ == "__main__":
    sys.exit(main())
