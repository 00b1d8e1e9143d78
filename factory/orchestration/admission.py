"""Whether a run may begin: asked before anything is written, answered with every reason at once."""

import datetime
from typing import ClassVar

from factory.domain.catalogue.components import manifests
from factory.domain.graph.validate import validate
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.selectors import graph_of
from factory.domain.runs import services
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER
from factory.foundation.errors import UserError

MOST_NODES = 64
MOST_RUNS_A_TEAM = 50
LONGEST_RUN = datetime.timedelta(days=1)


class RunRefused(UserError):
    """The run cannot begin; `reasons` has all of them."""

    id: ClassVar[str] = "run:user:refused"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def start_run(*, version: Version, now: datetime.datetime, deadline: datetime.datetime, host: str) -> Run:
    """Ask for a run of a version that can run, where nothing speaks against it.

    Raises:
        RunRefused: something does.
    """
    reasons = reasons_against(version=version, now=now, deadline=deadline)
    if reasons:
        raise RunRefused(reasons)
    return services.request_run(version=version, now=now, deadline=deadline, host=host)


def reasons_against(*, version: Version, now: datetime.datetime, deadline: datetime.datetime) -> list[str]:
    """Everything that speaks against a run of this version; nothing where it may begin."""
    if version.number is None:
        return ["A draft cannot run; freeze it as a version first."]
    graph, known = graph_of(version), manifests()
    reasons = [str(problem) for problem in validate(graph, known)]
    for name, node in graph.nodes.items():
        if node.component in known and known[node.component].contract != "wires":
            contract = known[node.component].contract
            reasons.append(
                f"{name}: components of contract {contract} cannot run here yet; choose one of contract wires."
            )
    if len(graph.nodes) > MOST_NODES:
        reasons.append(f"{len(graph.nodes)} nodes are too many; a run has at most {MOST_NODES}.")
    if not now < deadline <= now + LONGEST_RUN:
        reasons.append(f"A run ends within {LONGEST_RUN.days * 24} hours; choose an earlier deadline, in the future.")
    unfinished = Run.objects.filter(team_id=version.pipeline.team_id).exclude(state__in=OVER).count()
    if unfinished >= MOST_RUNS_A_TEAM:
        reasons.append(f"The team has {unfinished} runs already; stop one of them first.")
    return reasons
