"""Usage of earlier days, as if containers had run and been charged then; written while the site runs."""

import json

from tests.journeys.terminal import Terminal

_FILL = """
import datetime
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Instance, Run
from factory.foundation import clock
from tests.factory.domain.billing.ledgers import Piece, charge
from tests.factory.doors.pages.money_pages.studio_usage import run_of
from tests.factory.metered import START
pipeline, now = Pipeline.objects.get(team__slug={team!r}, slug={slug!r}), clock.now()
for day in range({days}):
    at = now - datetime.timedelta(days=day, hours=1)
    run = run_of(pipeline, now=at)
    for number, node in enumerate(("camera", "caption", "file")):
        piece = Piece(node, at - START + datetime.timedelta(minutes=20), 60_000 * (1 + (day * 7 + number * 5) % 19))
        charge(run, piece)
    Instance.objects.filter(run=run).update(ready_at=at + datetime.timedelta(minutes=15), exit_code=0)
    Run.objects.filter(pk=run.pk).update(state="stopped", stopped_at=at + datetime.timedelta(minutes=21))
"""
_ENGINE_TIMES = """
import json
from factory.domain.runs.models import Instance
rows = Instance.objects.filter(run={run!r}, finished_at__isnull=False).order_by("node", "attempt")
print(json.dumps([
    [row.node, str(row.started_at.isoformat(" ", "milliseconds")), (row.finished_at - row.started_at).total_seconds()]
    for row in rows
]))
"""


def fill(terminal: Terminal, *, team: str, slug: str, days: int) -> None:
    """One run of three containers on each of the last days, today among them."""
    _do(terminal, _FILL.format(team=team, slug=slug, days=days))


def engine_times(terminal: Terminal, *, run: str) -> list[tuple[str, str, int]]:
    """Of each container of a run its node, its start as pages write it, and its whole milliseconds, by the engine."""
    rows = json.loads(_do(terminal, _ENGINE_TIMES.format(run=run)).strip().splitlines()[-1])
    return [(node, start.removesuffix("+00:00"), round(seconds * 1_000_000) // 1000) for node, start, seconds in rows]


def _do(terminal: Terminal, code: str) -> str:
    done = terminal.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout
