"""A pipeline's file from the terminal: taken in as a version of the home team's, or refused with every problem."""

from pathlib import Path

from factory.domain.accounts.services import ensure_home
from factory.domain.graph.document import PipelineFileInvalid
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.selectors import graph_of, newest_version
from factory.domain.pipelines.services import GraphRefused, freeze_version, import_yaml
from factory.foundation import clock


def take_in(text: str) -> Version:
    """The file as a numbered version; the newest one where that is already the same.

    Raises:
        PipelineFileInvalid: it cannot be read.
        GraphRefused: it cannot run.
    """
    now = clock.now()
    pipeline = import_yaml(team=ensure_home(), text=text, now=now)
    newest = newest_version(pipeline)
    draft = pipeline.versions.get(number__isnull=True)
    if newest is not None and newest.spec_digest == draft.spec_digest and graph_of(newest) == graph_of(draft):
        return newest
    return freeze_version(pipeline=pipeline, now=now, note="from a file")


def describe_problems(path: Path, error: PipelineFileInvalid | GraphRefused) -> str:
    """Every problem as a line, with its place and what to do about it."""
    lines = [f"{path} cannot run:"]
    if isinstance(error, PipelineFileInvalid):
        return "\n".join([*lines, *(f"  {problem}" for problem in error.problems)])
    for problem in error.problems:
        place = ".".join(part for part in (problem.node, problem.port or problem.parameter or "") if part)
        lines.append(f"  {place or 'pipeline'}: {problem.message} -> {problem.remedy}")
    return "\n".join(lines)
