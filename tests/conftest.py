"""What holds for every test: no skips in CI, random seeds that are printed, and an ORM that Playwright may share."""

import gc
import os
import random

import hypothesis
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Playwright's synchronous interface runs an event loop in the test's thread, where Django would refuse its ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Examples stay random; what fails can be repeated by the seed in the header. Two shared cores make times unsteady.
hypothesis.settings.register_profile(
    "house",
    print_blob=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One seed for this run and, by the environment, for all its workers."""
    seed = config.getoption("--hypothesis-seed") or os.environ.get("HYPOTHESIS_SEED") or random.randrange(2**32)
    os.environ["HYPOTHESIS_SEED"] = str(seed)
    config.option.hypothesis_seed = str(seed)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with transactions of their own empty every table after themselves, which PostgreSQL refuses elsewhere."""
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'never_emptied'")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    """How to draw the same examples again."""
    return f"hypothesis: --hypothesis-seed={os.environ['HYPOTHESIS_SEED']}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be skipped: a test that does not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not IN_CI:
        return
    skipped = len(reporter.stats.get("skipped", []))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{skipped} skipped, and in CI every test must run", red=True)
