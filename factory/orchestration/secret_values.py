"""The secrets of a run as its instances are given them, and their values taken out of what instances write."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from factory.domain.catalogue.components import UnknownComponent
from factory.domain.graph.structure import MAX_PARAMETERS_BYTES, parameters_bytes
from factory.domain.runs.models import Run
from factory.domain.runs.services import RunUnknown
from factory.domain.secrets.hidden import STARS, HiddenText
from factory.domain.secrets.opening import Opened, open_secrets, past_values
from factory.domain.secrets.selectors import names_of
from factory.orchestration.desired_world import DesiredNode, DesiredRun, desired_run

_LEAST_HIDDEN = 4
"""Characters; a shorter value stands in every other line by chance."""
_LEAST_LINE = 8
_UNTOLD = "What it wrote was not kept: nothing is known of its run.\n"
_log = logging.getLogger(__name__)

Values = Mapping[str, HiddenText]


@dataclasses.dataclass(frozen=True)
class RunSecrets:
    """What the nodes of one run are given; it is shown nowhere.

    Attributes:
        values: by node, then by parameter.
        problems: by node, why it cannot be given what it needs, and what to do about it.
        past: what an instance may have been given before a secret was replaced or deleted.
    """

    values: Mapping[str, Values] = dataclasses.field(default_factory=dict, repr=False)
    problems: Mapping[str, str] = dataclasses.field(default_factory=dict)
    past: frozenset[HiddenText] = dataclasses.field(default=frozenset(), repr=False)

    def fill_in(self, node: DesiredNode) -> dict[str, Any]:
        """The node's parameters with values in place of references."""
        return {**node.parameters, **self.values.get(node.name, {})}

    def hide(self, text: str) -> str:
        """The text with stars in place of every value, and of every longer line of one that has several."""
        for needle in sorted(self._needles(), key=len, reverse=True):
            text = text.replace(needle, STARS)
        return text

    def _needles(self) -> Iterator[str]:
        for value in self.past.union(*(values.values() for values in self.values.values())):
            if len(value) >= _LEAST_HIDDEN:
                yield value
            yield from (line for line in value.splitlines() if len(line) >= _LEAST_LINE)


NO_SECRETS = RunSecrets()


def open_for(run: DesiredRun) -> RunSecrets:
    """What the run's nodes are given now; two queries, none where no node has a secret."""
    names = {name for node in run.nodes.values() for name in node.secrets.values()}
    if not names:
        return NO_SECRETS
    opened = open_secrets(team=run.team, names=names)
    values: dict[str, Values] = {}
    problems = {}
    for node in run.nodes.values():
        if reason := _reason_against(node, opened):
            problems[node.name] = reason
        else:
            values[node.name] = {parameter: opened.values[name] for parameter, name in node.secrets.items()}
    return RunSecrets(values, problems, past_values(team=run.team, names=names))


def hide_secrets(*, run_id: str, text: str) -> str:
    """What an instance of a run wrote, with stars in place of the values that the run is given, or was.

    What cannot be looked through is hidden too much rather than too little.
    """
    if not text:
        return text
    try:
        return open_for(desired_run(run_id=run_id)).hide(text)
    except UnknownComponent as error:
        _log.warning("run %s: all secrets of its team are taken out of its log: %s", run_id, error)
        return _all_of_team(run_id).hide(text)
    except RunUnknown:
        return _UNTOLD


def _all_of_team(run_id: str) -> RunSecrets:
    """Where nobody can tell any more which parameters are secrets, whatever the team has."""
    team = Run.objects.select_related("team").get(pk=run_id).team
    opened = open_secrets(team=team.slug, names=names_of(team=team))
    return RunSecrets({"": opened.values}, past=past_values(team=team.slug))


def _reason_against(node: DesiredNode, opened: Opened) -> str:
    for parameter, name in node.secrets.items():
        if name in opened.problems:
            return f"{parameter}: {opened.problems[name]}"
        most = node.secret_bounds.get(parameter)
        if most is not None and len(opened.values[name]) > most:
            remedy = "have an admin of the team set it again, or choose another one"
            return f"{parameter}: The secret {name} is longer than the {most} characters that it takes; {remedy}."
    filled = {**node.parameters, **{parameter: opened.values[name] for parameter, name in node.secrets.items()}}
    size = parameters_bytes(filled)
    if size > MAX_PARAMETERS_BYTES:
        return f"Its parameters are {size} bytes with their secrets; keep them under {MAX_PARAMETERS_BYTES} together."
    return ""
